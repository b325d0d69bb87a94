"""Tasks that see or hear: every form of a picture and of a recording gives one answer."""

import wave

import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.datasets.grid_speech import HEARD, stacked
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import CTCReader
from keras_rnn_zoo.preprocessing import learn_vocabulary
from keras_rnn_zoo.preprocessing.audio import log_mel
from keras_rnn_zoo.tasks import Captioner, SpeechRecognizer, load_task
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
    model.compile("adam", "sparse_categorical_crossentropy")
    return Captioner(model, WORDS)


def recognizer(alignment, **settings):
    options = {"embedding_dim": 4} if alignment == "attention" else {}
    model = builders.build_speech_recognizer((None, 20), LETTERS.size, 8, alignment=alignment, **options)
    model.compile("adam", "ctc" if alignment == "ctc" else "sparse_categorical_crossentropy")
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
    heard = stacked((energies + 7) / 4, 2).astype("float32")
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
