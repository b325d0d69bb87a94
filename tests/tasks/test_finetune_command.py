"""The command `finetune`: a bad file is one line that names line and column, before anything slow begins."""

import subprocess
import sys

import pytest

from keras_rnn_zoo import cli
from tests.finetuning import own_models


def call(monkeypatch, *arguments):
    """The exit code of `keras-rnn-zoo finetune` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "finetune", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code or 0


@pytest.fixture(scope="module")
def presets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets")
    for make in (own_models.classifier, own_models.translator, own_models.language_model, own_models.tagger):
        make(folder / make.__name__)
    own_models.listener(folder / "listener")
    return folder


GOOD = "".join(f"film {i},{'iyi' if i % 2 else 'kötü'}\n" for i in range(30))
BAD = {
    "a missing file": ("classifier", "no.csv", None, "no.csv should be a file or a folder of yours: nothing is there"),
    "another form": ("classifier", "a.txt", b"text", "can be fine-tuned on .csv (labelled text"),
    "an empty file": ("classifier", "a.csv", b"", "a.csv should hold text, received an empty file"),
    "a first line alone": ("classifier", "a.csv", b"text,label\n", "should have rows below its first line"),
    "no names": ("classifier", "a.csv", GOOD, "a.csv, line 1 should name the columns 'text', 'label'"),
    "a missing column": ("classifier", "a.csv", f"text,label\n{GOOD}film\n", "a.csv, line 32, column 2 'label' is missing"),
    "a comma": ("classifier", "a.csv", f"text,label\n{GOOD}a, b,iyi\n", "a.csv, line 32, column 3 is one too many"),
    "an empty text": ("classifier", "a.csv", f"text,label\n{GOOD} ,iyi\n", "line 32, column 1 ('text') should not be empty"),
    "an empty label": ("classifier", "a.csv", f"text,label\n{GOOD}film,\n", "line 32, column 2 ('label') should not be empty"),
    "an open quote": ("classifier", "a.csv", f'text,label\n{GOOD}x,"y\n', "line 32, column 2 begins with a quotation mark"),
    "a label met once": ("classifier", "a.csv", f"text,label\n{GOOD}x,new\n", "received 1 of 'new', first on line 32"),
    "one class": ("classifier", "a.csv", "text,label\n" + "x,y\n" * 9, "should have examples of at least two classes"),
    "invalid UTF-8": ("classifier", "a.csv", b"text,label\nk\xf6t\xfc,iyi\n", "a.csv, line 2, column 2 should be UTF-8"),
    "a zero byte": ("classifier", "a.csv", b"text,label\n\nab\0,iyi\n", "a.csv, line 3, column 3 should be UTF-8"),
    "a binary file": ("classifier", "a.csv", b"PK\x03\x04\x14\0\x06\0\x08\0\xff", "another binary file has to be exported"),
    "too few pairs": ("translator", "a.tsv", "source\ttarget\nbir\tone\n", "at least 10 different examples"),
    "no target": ("translator", "a.tsv", "source\ttarget\nbir\tone\niki\t\n", "line 3, column 2 ('target')"),
    "labels for pairs": ("translator", "a.csv", f"text,label\n{GOOD}", "should name the columns 'source', 'target'"),
    "a short text": ("language_model", "a.txt", "a\n", "a.txt is too short: its parts"),
    "no CoNLL-U": ("tagger", "a.conllu", "1\tfilm\tNOUN\n\n", "a.conllu, line 1, column 4: word 1 of its sentence"),
    "a file for a folder": ("listener", "a.csv", f"text,label\n{GOOD}", "on a folder (with a folder of .wav files"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files(name, presets, tmp_path, monkeypatch, capfd):
    preset, file, content, expected = BAD[name]
    if content is not None:
        (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    assert call(monkeypatch, presets / preset, "--data", file) == 2
    out, error = capfd.readouterr()
    assert not out and error.count("\n") == 1 and error.startswith("error: ") and expected in error
    assert not (tmp_path / "runs").exists()


def test_an_empty_folder_and_other_options(presets, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sounds").mkdir()
    good = own_models.reviews(tmp_path / "my.csv")
    for arguments, expected in (
        ((presets / "listener", "--data", "sounds"), "a folder for each class with its files (.wav) inside, received none"),
        ((presets / "classifier",), "Missing option '--data'"),
        ((presets / "classifier", "--data", good, "--vocabulary", "both"), "--vocabulary"),
        ((presets / "classifier", "--data", good, "--set", "training.epoch=1"), "Did you mean epochs?"),
        (("no_preset", "--data", good), "No finished run 'no_preset' found"),
    ):  # fmt: skip
        assert call(monkeypatch, *arguments) == 2
        assert expected in capfd.readouterr().err


def test_windows_line_ends_and_a_byte_order_mark(presets, tmp_path, monkeypatch, capfd):
    content = ("text,label\n" + GOOD).replace("\n", "\r\n").encode("utf-8-sig")
    (tmp_path / "my.csv").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, presets / "classifier", "--data", "my.csv", "--set", "training.epochs=1") == 0
    out = capfd.readouterr().out
    assert "before fine-tuning" in out and "the commonest class: 0.5000" in out
    assert (tmp_path / "runs/finetuned/classifier_my/model.keras").is_file()


def test_a_bad_file_is_told_before_keras_is_imported(presets, tmp_path):
    (tmp_path / "a.csv").write_text("text,label\n,iyi\n", encoding="utf-8")
    script = (
        "import sys; from keras_rnn_zoo import cli\n"
        f"sys.argv = ['keras-rnn-zoo', 'finetune', {str(presets / 'classifier')!r}, '--data', {str(tmp_path / 'a.csv')!r}]\n"
        "try: cli.main()\n"
        "except SystemExit as left: assert left.code == 2 and 'keras' not in sys.modules, 'slow'"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0 and "line 2, column 1 ('text')" in result.stderr, result.stderr[-1000:]
