"""Tasks that see or hear: every form of a picture and of a recording gives one answer."""

import wave

import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.datasets.grid_speech import HEARD
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import CTCReader
from keras_rnn_zoo.preprocessing import learn_vocabulary
from keras_rnn_zoo.preprocessing.audio import log_mel
from keras_rnn_zoo.preprocessing.pixel_sequence import pixel_sequence
from keras_rnn_zoo.preprocessing.recording import heard, joined
from keras_rnn_zoo.tasks import Captioner, Classifier, FrameClassifier, SpeechRecognizer, load_task
from keras_rnn_zoo.tasks.answer_lines import AnswerLines

WORDS = learn_vocabulary(["a black cat", "a white dog"])
LETTERS = learn_vocabulary(["yes no"], unit="character")
RATE = 8000
FEATURES = {"rate": RATE, "window": 0.025, "hop": 0.0125, "bands": 10, "mean": -7.0, "deviation": 4.0, "stack": 2}
PICTURES = np.random.default_rng(0).random((3, 8, 8, 3)).astype("float32")


def spread(model):
    generator = np.random.default_rng(5)
    model.set_weights([generator.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


def captioner(shape, **options):
    model = spread(builders.build_captioner(shape, WORDS.size, 8, embedding_dim=4, **options))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Captioner(model, WORDS)


def recognizer(alignment, **settings):
    options = {"embedding_dim": 4} if alignment == "attention" else {}
    model = builders.build_speech_recognizer((None, 20), LETTERS.size, 8, alignment=alignment, **options)
    model.compile("sgd", "ctc" if alignment == "ctc" else "sparse_categorical_crossentropy")
    return SpeechRecognizer(spread(model), LETTERS, features=FEATURES, **settings)


def test_a_captioner_of_pictures(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    task = captioner((8, 8, 3), filters=(4,), image_units=8)
    bytes_ = np.round(PICTURES[0] * 255).astype("uint8")
    Image.fromarray(bytes_).save(tmp_path / "a.png")
    expected = task(bytes_ / 255, max_length=6)
    for given in (bytes_, tmp_path / "a.png", str(tmp_path / "a.png"), Image.fromarray(bytes_)):
        assert task(given, max_length=6) == expected
    assert task(list(PICTURES), max_length=6) == [task(picture, max_length=6) for picture in PICTURES]
    assert len(task(PICTURES[0], beam_size=3, n_best=3)) == 3
    task.save(tmp_path / "task")
    assert load_task(tmp_path / "task")(tmp_path / "a.png", max_length=6) == expected


def test_a_captioner_of_features():
    task = captioner((5,))
    vectors = np.random.default_rng(1).normal(size=(3, 5))
    assert task(list(vectors), max_length=4) == [task(vector, max_length=4) for vector in vectors]
    for bad in ("photo.jpg", np.zeros(4), np.full(5, np.inf)):
        with pytest.raises(ZooError, match="reads features of a picture, finite numbers of shape"):
            task(bad)
    losses = task.fit([(vectors[0], "a black cat"), (vectors[1], "a white dog")], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


SOUND = np.random.default_rng(2).normal(scale=0.1, size=RATE).clip(-1, 1)


def recording(path):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.round(SOUND * 32768).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("alignment", ["attention", "ctc"])
def test_a_recognizer_hears_every_form(alignment, tmp_path):
    task = recognizer(alignment)
    path = recording(tmp_path / "a.wav")
    samples = np.round(SOUND * 32768) / 32768
    expected = task(str(path))
    assert (
        expected
        and task(path)
        == task((samples, RATE))
        == task((samples, float(RATE)))
        == task(log_mel(samples, RATE, 10))
        == expected
    )
    short = (samples[:3000], RATE)
    assert task([path, short]) == [expected, task(short)] == task((path, short))
    task.save(tmp_path / "task")
    again = load_task(tmp_path / "task")
    assert again(path) == expected and again.features == FEATURES
    losses = again.fit([(path, "yes"), (short, "no")], epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_what_a_recognizer_hears_is_normalised_and_stacked():
    task, energies = recognizer("ctc"), log_mel(SOUND, RATE, 10)
    heard = joined((energies + 7) / 4, 2).astype("float32")
    np.testing.assert_allclose(task.heard((SOUND, RATE)), heard, rtol=1e-5)
    read = CTCReader(task.model, 60)(heard[None]).ids[0, 0]
    assert task((SOUND, RATE)) == LETTERS.decode(read)
    assert task((SOUND, RATE), beam_size=4, n_best=2)[0] == task((SOUND, RATE), beam_size=4)


def test_attention_over_the_frames():
    task = recognizer("attention")
    answer = task((SOUND, RATE), return_attention=True, max_length=5)
    assert answer.attention.shape == (len(answer.ids), len(task.heard((SOUND, RATE))))


@pytest.mark.parametrize(
    "given, message",
    [
        ((SOUND, 16_000), "hears recordings of 8000 Hz, received 16000 Hz"),
        ((SOUND[:50], RATE), "too short"),
        (np.zeros((30, 20)), "before frames are joined; received"),
        (np.zeros((0, 10)), "Log-mel energies should be finite"),
        (np.full((30, 10), "a"), r"finite numbers, \(frames, 10\)"),
        (np.full((30, 10), None), "received object of shape"),
        ((["a", "b"], RATE), "Samples should be finite floats"),
        (7, "received int"),
        ("absent.wav", "Cannot read the recording absent.wav"),
    ],
)
def test_what_is_no_recording(given, message):
    with pytest.raises(ZooError, match=message):
        recognizer("ctc")(given)


def test_features_that_do_not_fit():
    model = recognizer("ctc").model
    with pytest.raises(ZooError, match="received none. A run that was trained before"):
        SpeechRecognizer(model, LETTERS, features={})
    with pytest.raises(ZooError, match="3 joined frames of 10 bands are 30"):
        SpeechRecognizer(model, LETTERS, features={**FEATURES, "stack": 3})


def test_the_catalogue_says_what_its_models_hear():
    assert {*HEARD, "stack"} == set(FEATURES)
    assert log_mel(np.zeros(75_000), *(HEARD[name] for name in ("rate", "bands", "window", "hop"))).shape == (239, 40)


def test_ctc_has_no_chance_to_draw():
    with pytest.raises(ZooError, match="it has no temperature"):
        recognizer("ctc")((SOUND, RATE), temperature=1.0)


def test_answers_as_lines(capsys):
    AnswerLines(captioner((5,)), {"beam_size": 2, "n_best": 2, "max_length": 3}, scores=True).answer(np.ones(5))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and all(float(line.split("\t")[0]) <= 0 for line in lines)


def hearer():
    model = builders.build_many_to_one((None, 20), 2, 8)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return Classifier(spread(model), ["no", "yes"], features=FEATURES)


def test_a_classifier_of_recordings(tmp_path):
    task, path = hearer(), recording(tmp_path / "a.wav")
    samples, short = np.round(SOUND * 32768) / 32768, (SOUND[:3000], RATE)
    answers = task.model.predict(heard(path, FEATURES)[None], verbose=0)[0]
    label, chances = task(path, return_probabilities=True)
    assert label == ["no", "yes"][answers.argmax()]
    np.testing.assert_allclose([chances["no"], chances["yes"]], answers, rtol=1e-4)
    for given in (str(path), (samples, RATE), log_mel(samples, RATE, 10)):
        assert task(given) == label
    chances = [task(given, return_probabilities=True)[1]["yes"] for given in (path, short)]
    together = [found["yes"] for _, found in task([path, short], return_probabilities=True)]
    np.testing.assert_allclose(together, chances, rtol=1e-4)
    task.save(tmp_path / "task")
    again = load_task(tmp_path / "task")
    assert again(path) == label and again.features == FEATURES and again.pattern == "many_to_one"
    losses = again.fit([(path, "yes"), (short, "no")], epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    with pytest.raises(ZooError, match="hears recordings of 8000 Hz, received 16000 Hz"):
        task((SOUND, 16_000))
    with pytest.raises(ZooError, match="`features` should say what the model hears"):
        Classifier(task.model, ["no", "yes"], features={"bands": 20})


@pytest.mark.parametrize("order, width", [("rows", 28), ("pixels", 1), ("permuted", 1)])
def test_a_classifier_of_pixels(order, width, tmp_path):
    Image = pytest.importorskip("PIL.Image")
    model = spread(builders.build_many_to_one((None, width), 3, 4, cell="simple_rnn", mask_value=None))
    task = Classifier(model, "abc", fill=None, features={"order": order, "seed": 3})
    pictures = np.random.default_rng(4).integers(0, 256, (2, 28, 28), np.uint8)
    expected = model.predict(pixel_sequence(pictures, order, 3), verbose=0)
    Image.fromarray(pictures[0]).save(tmp_path / "a.png")
    task.save(tmp_path / "task")
    for given in (pictures[0], pictures[0] / 255, tmp_path / "a.png", Image.fromarray(pictures[0])):
        _, chances = load_task(tmp_path / "task")(given, return_probabilities=True)
        np.testing.assert_allclose([chances[label] for label in "abc"], expected[0], rtol=1e-3)
    assert task(list(pictures)) == ["abc"[answer.argmax()] for answer in expected]
    with pytest.raises(ZooError, match=r"A picture should be \(28, 28, 1\)"):
        task(np.zeros((27, 28)))


def test_a_classifier_of_pictures(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    task = Classifier(spread(builders.build_one_to_one((8, 8, 3), 2, 4)), ["cat", "dog"])
    bytes_ = np.round(PICTURES * 255).astype("uint8")
    expected = [["cat", "dog"][n] for n in task.model.predict(bytes_ / np.float32(255), verbose=0).argmax(axis=-1)]
    Image.fromarray(bytes_[0]).save(tmp_path / "a.png")
    assert task(list(bytes_)) == task(list(bytes_ / 255)) == expected
    task.save(tmp_path / "task")
    assert load_task(tmp_path / "task")(tmp_path / "a.png") == expected[0]


def test_a_classifier_of_videos(tmp_path):
    from keras import layers, models

    inputs = layers.Input((None, 8, 8, 1))
    outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling3D()(inputs))
    task = Classifier(spread(models.Model(inputs, outputs)), ["yes", "no"], fill=None)
    expected = task.model.predict(FRAMES[None] / np.float32(255), verbose=0)[0]
    label, chances = task(FRAMES, return_probabilities=True)
    assert label == ["yes", "no"][expected.argmax()] == task(FRAMES / 255)
    np.testing.assert_allclose([chances["yes"], chances["no"]], expected, rtol=1e-4)


def test_rows_that_nothing_fills_are_answered_by_their_length():
    model = spread(builders.build_many_to_one((None, 3), 2, 4, mask_value=None))
    task, rows = Classifier(model, ["a", "b"], fill=None), [np.full((n, 3), n / 9) for n in (5, 3, 5)]
    together = [found["a"] for _, found in task(rows, return_probabilities=True)]
    np.testing.assert_allclose(together, [model.predict(row[None], verbose=0)[0, 0] for row in rows], rtol=1e-4)


FRAMES = np.random.default_rng(6).integers(1, 256, (7, 8, 8, 1), np.uint8)


def frame_classifier():
    model = builders.build_frame_classifier((None, 8, 8, 1), 3, 4, filters=(2,), image_units=4, bidirectional=True)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return FrameClassifier(spread(model), ["silence", "bin", "blue"])


def test_a_frame_classifier(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    task, seen = frame_classifier(), FRAMES / np.float32(255)
    first, *rest = (Image.fromarray(frame[..., 0]) for frame in FRAMES)
    first.save(tmp_path / "a.webp", save_all=True, append_images=rest, lossless=True)
    answers = task.model.predict(seen[None], verbose=0)[0]
    expected = [task.labels[n] for n in answers.argmax(axis=-1)]
    task.save(tmp_path / "task")
    again = load_task(tmp_path / "task")
    for given in (FRAMES, FRAMES[..., 0], seen, tmp_path / "a.webp"):
        assert task(given) == again(given) == expected
    np.testing.assert_allclose([p for _, p in task(FRAMES, return_probabilities=True)], answers.max(axis=-1), rtol=1e-4)
    assert task([FRAMES, FRAMES[:4]]) == [expected, task(FRAMES[:4])]
    labels = ["silence", "bin", "bin", "blue", "blue", "silence", "silence"]
    losses = again.fit([(FRAMES, labels), (FRAMES[:3], labels[:3])], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_a_frame_classifier_of_vectors(tmp_path):
    model = spread(builders.build_many_to_many_aligned((None, 3), 2, 4, mask_value=-1.0))
    task, rows = FrameClassifier(model, ["a", "b"], fill=-1.0), np.random.default_rng(0).normal(size=(5, 3))
    expected = ["ab"[n] for n in model.predict(rows[None].astype("float32"), verbose=0)[0].argmax(axis=-1)]
    assert task([rows, rows[:2]])[0] == task(rows) == expected
    with pytest.raises(ZooError, match="arrays of finite numbers"):
        task(FRAMES)


@pytest.mark.parametrize(
    "given, message",
    [
        (np.where(np.arange(7)[:, None, None, None] == 3, 0, FRAMES).astype("uint8"), "Frame 4 of 7 is 0 everywhere"),
        (FRAMES[:, :7], r"A picture should be \(8, 8, 1\)"),
        (FRAMES[:0], "at least one frame"),
        (7, "received int"),
    ],
)
def test_what_is_no_video(given, message):
    with pytest.raises(ZooError, match=message):
        frame_classifier()(given)


def test_labels_that_do_not_fit():
    task = frame_classifier()
    with pytest.raises(ZooError, match="Each of the 7 frames should have a label, received 6"):
        task.preprocess([(FRAMES, ["bin"] * 6)])
    with pytest.raises(ZooError, match="Unknown label 'bun'"):
        task.preprocess([(FRAMES, ["bun"] * 7)])
    with pytest.raises(ZooError, match="so many labels: 2"):
        FrameClassifier(task.model, ["a", "b"])


def test_of_nothing_there_are_no_answers():
    assert frame_classifier()([]) == []
    model = builders.build_many_to_one((None, 20), 2, 4)
    assert Classifier(model, ["yes", "no"], features=FEATURES)([]) == []


def test_a_task_that_chooses_is_not_told_how_to_write():
    model = builders.build_many_to_one((None, 20), 2, 4)
    for task, given in ((frame_classifier(), FRAMES), (Classifier(model, ["a", "b"]), np.ones((5, 20)))):
        with pytest.raises(
            ZooError, match=f"A {type(task).__name__} does not write, it chooses: beam_size must be left"
        ):
            task(given, beam_size=3)


def test_a_video_in_a_file_of_an_array(tmp_path):
    task = frame_classifier()
    np.save(tmp_path / "a.npy", FRAMES)
    assert task(str(tmp_path / "a.npy")) == task(FRAMES)
