"""The command `generate`: every kind of input, alone, by lines, and in conversation."""

import io
import json
import shutil
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from keras_rnn_zoo import builders, cli
from keras_rnn_zoo.preprocessing import learn_vocabulary
from keras_rnn_zoo.tasks import Captioner, Classifier, FrameClassifier, LanguageModel, SpeechRecognizer, Tagger

NUMBERS = str(Path(__file__).parents[2] / "saved_models" / "many_to_many_unaligned" / "gru_number_names")
SENTIMENT = str(Path(__file__).parents[2] / "saved_models" / "many_to_one" / "lstm_uci_sentiment")
LETTERS = learn_vocabulary(["to be or not to be\n"], unit="character")
FEATURES = {"rate": 8000, "window": 0.025, "hop": 0.0125, "bands": 10, "mean": -7.0, "deviation": 4.0, "stack": 1}


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self):
        return True


def spread(model):
    generator = np.random.default_rng(5)
    model.set_weights([generator.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a saved task of each kind that is not among the package's own, and the tasks."""
    folder, size = tmp_path_factory.mktemp("saved"), LETTERS.size
    model = builders.build_language_model((None,), size, 8, vocabulary_size=size, embedding_dim=4)
    tasks = {"writer": LanguageModel(spread(model), LETTERS)}
    tasks["namer"] = Captioner(spread(builders.build_captioner((5,), size, 8, embedding_dim=4)), LETTERS)
    model = builders.build_speech_recognizer((None, 10), size, 8, alignment="ctc")
    tasks["hearer"] = SpeechRecognizer(spread(model), LETTERS, features=FEATURES)
    model = builders.build_sequence_tagger((None,), 2, 4, vocabulary_size=size)
    tasks["tagger"] = Tagger(spread(model), LETTERS, ["vowel", "consonant"])
    model = spread(builders.build_many_to_one((None, 10), 2, 4))
    tasks["listener"] = Classifier(model, ["no", "yes"], features=FEATURES)
    tasks["viewer"] = Classifier(spread(builders.build_one_to_one((8, 8, 1), 2, 4)), ["cat", "dog"])
    model = builders.build_frame_classifier((None, 8, 8, 1), 2, 4, filters=(2,), image_units=4)
    tasks["watcher"] = FrameClassifier(spread(model), ["silence", "speech"])
    for name, task in tasks.items():
        task.save(folder / name)
    return folder, tasks


@pytest.fixture
def generate(monkeypatch, capsys):
    """Calls the command with a standard input; gives its exit code, lines and notes."""

    def call(*arguments, typed=None):
        monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "generate", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", typed or io.StringIO())
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code or 0, said.out, said.err

    return call


def test_a_text(generate):
    assert generate(NUMBERS, "--text", "seventy one") == (0, "yetmiş bir\n", "")
    code, said, noted = generate(NUMBERS, "--text", "seventy zebra one")
    assert code == 0 and said.endswith("bir\n") and noted == "note: unknown to this model: zebra\n"


def test_several_answers_with_scores(generate):
    code, said, _ = generate(NUMBERS, "--text", "seven", "--beam-size", 3, "--n-best", 3, "--scores")
    lines = [line.split("\t") for line in said.splitlines()]
    assert code == 0 and len(lines) == 3 and lines[0][1] == "yedi"
    scores = [float(score) for score, _ in lines]
    assert scores == sorted(scores, reverse=True)


def test_a_file_is_answered_line_by_line(generate, tmp_path):
    (tmp_path / "lines.txt").write_text("seven\n\ntwenty one\n", encoding="utf-8")
    assert generate(NUMBERS, "--file", tmp_path / "lines.txt") == (0, "yedi\n\nyirmi bir\n", "")
    code, said, _ = generate(NUMBERS, "--file", tmp_path / "lines.txt", "--beam-size", 2, "--n-best", 2)
    assert [len(line.split("\t")) for line in said.splitlines()] == [2, 1, 2]


def test_the_standard_input_is_answered_line_by_line(generate):
    assert generate(NUMBERS, typed=io.StringIO("seven\ntwenty one")) == (0, "yedi\nyirmi bir\n", "")


def test_a_standard_input_of_bytes(generate):
    typed = io.TextIOWrapper(io.BytesIO(b"seven\n\xff\xfe\n"), encoding="utf-8")
    code, said, errors = generate(NUMBERS, typed=typed)
    assert code == 2 and said == "" and "The standard input should be utf-8 text" in errors


def test_a_conversation(generate):
    code, said, noted = generate(NUMBERS, typed=Terminal("seven\n  \ntwenty one\n\nnever read\n"))
    assert code == 0 and said == "> yedi\n> > yirmi bir\n> "
    assert "an empty one ends" in noted and "error: There is nothing to read" in noted
    assert generate(NUMBERS, typed=Terminal("seven\n"))[:2] == (0, "> yedi\n> ")


def test_a_language_model(generate, saved):
    folder, tasks = saved
    options = ("--length", 12, "--temperature", 0.5, "--top-k", 5, "--seed", 3)
    expected = tasks["writer"]("to be", length=12, temperature=0.5, top_k=5, seed=3)
    assert generate(folder / "writer", "--text", "to be", *options) == (0, expected + "\n", "")
    by_itself = tasks["writer"]("\n", length=9)
    assert generate(folder / "writer", "--length", 9) == (0, by_itself + "\n", "")
    code, said, _ = generate(folder / "writer", "--length", 30, typed=io.StringIO("to\nor\n"))
    assert said.splitlines() == [answer.replace("\n", "\\n") for answer in tasks["writer"](["to", "or"], length=30)]


def test_a_picture(generate, saved, tmp_path):
    folder, tasks = saved
    np.save(tmp_path / "a.npy", np.ones(5, "float32"))
    expected = tasks["namer"](np.ones(5), max_length=5)
    assert generate(folder / "namer", "--image", tmp_path / "a.npy", "--length", 5) == (0, expected + "\n", "")


def test_a_recording(generate, saved, tmp_path):
    folder, tasks = saved
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(0).integers(-3000, 3000, 4000).astype("<i2").tobytes())
    expected = tasks["hearer"](tmp_path / "a.wav", beam_size=2)
    assert expected
    assert generate(folder / "hearer", "--audio", tmp_path / "a.wav", "--beam-size", 2) == (0, expected + "\n", "")


def test_classes_of_recordings_and_pictures(generate, saved, tmp_path):
    image = pytest.importorskip("PIL.Image")
    folder, tasks = saved
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(0).integers(-3000, 3000, 4000).astype("<i2").tobytes())
    expected = tasks["listener"](tmp_path / "a.wav")
    assert generate(folder / "listener", "--audio", tmp_path / "a.wav") == (0, expected + "\n", "")
    image.fromarray(np.arange(64, dtype="uint8").reshape(8, 8)).save(tmp_path / "a.png")
    expected = tasks["viewer"](tmp_path / "a.png")
    code, said, _ = generate(folder / "viewer", "--image", tmp_path / "a.png", "--scores")
    assert code == 0 and said.rstrip("\n").split("\t")[1] == expected and len(said.split("\t")) == 4


def test_a_video(generate, saved, tmp_path):
    image = pytest.importorskip("PIL.Image")
    folder, tasks = saved
    frames = np.random.default_rng(0).integers(1, 256, (4, 8, 8), np.uint8)
    (tmp_path / "frames").mkdir()
    for number, frame in enumerate(frames):
        image.fromarray(frame).save(tmp_path / "frames" / f"{number}.png")
    np.save(tmp_path / "a.npy", frames)
    expected = " ".join(tasks["watcher"](frames))
    for given in ("frames", "a.npy"):
        assert generate(folder / "watcher", "--video", tmp_path / given) == (0, expected + "\n", "")
    code, said, _ = generate(folder / "watcher", "--video", tmp_path / "frames", "--scores")
    assert [step.split("/")[0] for step in said.split()] == expected.split() and said.count("/0.") == 4


def test_classes_and_tags(generate, saved):
    folder, tasks = saved
    assert generate(SENTIMENT, "--text", "I love it.") == (0, "positive\n", "")
    code, said, _ = generate(SENTIMENT, "--text", "I love it.", "--scores")
    chances = said.rstrip("\n").split("\t")
    assert chances[1::2] == ["positive", "negative"] and abs(sum(map(float, chances[::2])) - 1) < 1e-3
    expected = " ".join("/".join(pair) for pair in tasks["tagger"]("to be"))
    assert generate(folder / "tagger", "--text", "to be") == (0, expected + "\n", "")


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("namer", [], "This model reads a picture: give it with --image, received no input"),
        ("namer", ["--text", "a"], "reads a picture: give it with --image, received --text"),
        ("namer", ["--image", "absent.png"], "--image must be a file"),
        ("namer", ["--image", __file__], "reads features of a picture"),
        ("listener", ["--image", __file__], "reads a recording: give it with --audio, received --image"),
        ("viewer", [], "reads a picture: give it with --image, received no input"),
        ("watcher", ["--video", "absent"], "--video must be a file"),
        ("watcher", ["--image", __file__], "reads a video: give it with --video, received --image"),
        ("hearer", ["--audio", __file__], "should be a .wav file of whole numbers"),
        ("hearer", ["--audio", __file__, "--temperature", "1"], "A CTC model is read off"),
        ("tagger", ["--text", "to be", "--beam-size", "2"], "does not write, it chooses: --beam-size must be left out"),
        ("writer", ["--text", ""], "--text is empty"),
        ("namer", ["--image", ""], "--image is empty: name a file or a folder"),
        ("writer", ["--file", ""], "--file is empty"),
        ("writer", ["--text", "to", "--top-k", "2", "--temperature", "0"], "--top-k draws by chance"),
    ],
)
def test_what_does_not_fit(name, arguments, message, generate, saved):
    code, said, errors = generate(saved[0] / name, *arguments)
    assert code == 2 and said == "" and errors.count("\n") == 1 and message in errors, errors


def test_a_file_that_is_no_array(generate, saved, tmp_path):
    (tmp_path / "a.npy").write_text("text")
    code, _, errors = generate(saved[0] / "namer", "--image", tmp_path / "a.npy")
    assert code == 2 and "should be a NumPy array" in errors


@pytest.mark.parametrize("decoding", [[1], {"beam_size": "3"}, {"beam_size": -1}, {"beams": 2}])
def test_a_damaged_decoding(decoding, generate, saved, tmp_path):
    shutil.copytree(saved[0] / "namer", tmp_path / "namer")
    about = json.loads((tmp_path / "namer" / "dataset.json").read_text())
    (tmp_path / "namer" / "dataset.json").write_text(json.dumps({**about, "decoding": decoding}))
    np.save(tmp_path / "a.npy", np.ones(5, "float32"))
    code, said, errors = generate(tmp_path / "namer", "--image", tmp_path / "a.npy")
    assert code == 2 and said == "" and errors.count("\n") == 1 and "damaged" in errors, errors


def test_a_task_that_answers_several(generate, saved, tmp_path):
    task = saved[1]["namer"]
    decoding = {"beam_size": 2, "n_best": 2, "max_length": 4}
    Captioner(task.model, LETTERS, decoding=decoding).save(tmp_path / "namer")
    np.save(tmp_path / "a.npy", np.ones(5, "float32"))
    expected = "".join(answer + "\n" for answer in task(np.ones(5), **decoding))
    assert generate(tmp_path / "namer", "--image", tmp_path / "a.npy") == (0, expected, "")
