"""The user's own files: what they become, how they are split, and what is said of bad ones."""

import gc
import warnings
import wave

import numpy as np
import pytest

from keras_rnn_zoo import datasets
from keras_rnn_zoo.datasets import own_files
from keras_rnn_zoo.errors import ZooError

image = pytest.importorskip("PIL.Image")
OWN = ("array_file", "captioned_pictures", "picture_folder", "table", "tagged_text", "text_file", "wav_folder")
RNG = np.random.default_rng(5)


def parts(dataset):
    return dataset.train, dataset.validation, dataset.test


def sizes(dataset):
    return [len(part) for part in parts(dataset)]


def disjoint(dataset, field="inputs"):
    seen = [{np.asarray(row).tobytes() for row in part.inputs[field]} for part in parts(dataset)]
    return not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def write_wav(path, samples, rate=8000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.asarray(samples) * 32767).astype("<i2").tobytes())
    return path


def tone(hertz, seconds=0.2, rate=8000):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def write_picture(path, seed, size=(9, 7)):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)).save(path)
    return path


# What all have in common


@pytest.mark.parametrize("name", OWN)
def test_a_path_is_needed(name):
    with pytest.raises(ZooError, match=f"Dataset '{name}' needs the option 'path'.*Its options: path, .*--set path="):
        datasets.load(name)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("path", ["no/such/thing", "", 3])
def test_a_path_that_is_not_there(name, path):
    with pytest.raises(ZooError, match="`path` should be (the path of )?an? .*received " + repr(path)):
        datasets.load(name, path=path)


def test_dealing_keeps_keys_together_and_proportions():
    keys, labels = np.arange(1000) // 2, (np.arange(1000) // 2 % 10 == 0).astype(int)
    rows = own_files.deal(keys.tolist(), labels, 4, "here")
    assert [len(part) for part in rows.values()] == [800, 100, 100]
    kept = [set(keys[part]) for part in rows.values()]
    assert not (kept[0] & kept[1] or kept[0] & kept[2] or kept[1] & kept[2])
    assert [labels[part].mean() for part in rows.values()] == pytest.approx([0.1] * 3)
    again, other = own_files.deal(keys.tolist(), labels, 4, "here"), own_files.deal(keys.tolist(), labels, 5, "here")
    assert all(np.array_equal(rows[name], again[name]) for name in rows)
    assert not np.array_equal(rows["test"], other["test"])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "at least 10 different examples to be dealt .*received 8 in all"),
        ("aabbaabb", "at least 6 different examples of each class .*received 4 of 'a' and too few of 1 more"),
        ("aaaaaaab", ".*received 1 of 'b'. Add more, leave the class out, or give the split"),
    ],
)
def test_too_few_to_deal(labels, message):
    with pytest.raises(ZooError, match=f"here should have {message}"):
        own_files.deal(range(8), labels and list(labels), 0, "here")


def test_a_class_of_repeats_is_too_small():
    with pytest.raises(ZooError, match="received 0 of 'b'"):
        own_files.deal([*range(20), *range(20)], ["a"] * 20 + ["b"] * 20, 0, "here")


def test_six_of_each_class_are_enough():
    rows = own_files.deal(range(12), [0, 1] * 6, 0, "here")
    assert [len(part) for part in rows.values()] == [8, 2, 2]


def test_a_class_that_is_not_trained_on():
    splits = ["train"] * 4 + ["validation", "test", "test"]
    with pytest.raises(ZooError, match="each class in train, received none of 'c', which has 2 elsewhere"):
        own_files.given_splits(splits, "here", list("ababacc"))
    assert own_files.given_splits(splits, "here", list("abcaabb"))["test"].tolist() == [5, 6]


# A text


@pytest.mark.parametrize(
    ("unit", "window"), [("character", 20), ("word", 10), ("token", 5), ("byte", 30), ("subword", 5)]
)
def test_text_file(tmp_path, unit, window):
    path = tmp_path / "tale.txt"
    path.write_bytes("".join(f"Bir varmış, {i} yokmuş.\r\n" for i in range(400)).encode())
    options = {"max_size": 60} if unit == "subword" else {}
    dataset = datasets.load("text_file", path=str(path), unit=unit, window=window, language="tr", **options)
    vocabulary = dataset.spec.vocabularies["inputs"]
    assert dataset.spec.pattern == "many_to_many_aligned" and dataset.spec.objective == "symbols"
    assert dataset.train.inputs["inputs"].shape[1] == window
    first = [vocabulary.decode(part.inputs["inputs"][0]) for part in parts(dataset)]
    assert all("\r" not in text for text in first) and first[1].startswith("Bir varmış")
    np.testing.assert_array_equal(dataset.train.inputs["inputs"].ravel()[1:], dataset.train.targets.ravel()[:-1])


def test_text_file_is_cut_at_line_ends_without_loss(tmp_path):
    path = tmp_path / "lines.txt"
    text = "".join(f"{i:03d}abcdef\n" for i in range(100))
    path.write_text(text, encoding="utf-8")
    dataset = datasets.load("text_file", path=str(path), window=9)
    vocabulary = dataset.spec.vocabularies["inputs"]
    starts = [vocabulary.decode(part.inputs["inputs"][0]) for part in parts(dataset)]
    assert starts == ["005abcdef", "000abcdef", "090abcdef"]
    path.write_text(text.replace("\n", " "), encoding="utf-8")
    assert sizes(datasets.load("text_file", path=str(path), window=9)) == [94, 5, 11]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "should hold text, received an empty file"),
        (b"a\xff", "bad.txt, line 1, column 2 should be UTF-8 text, received invalid start byte 0xff"),
        (b"\xef\xbb\xbfa\nb\n\xc3\xa7c\xe9 \n", "bad.txt, line 3, column 3 should be UTF-8 text"),
        (b"a\nb\xc4\x9f\0c", "bad.txt, line 2, column 3 should be UTF-8 text, received a zero byte"),
        (b"P\0K\0", "line 1, column 2 should .*a spreadsheet or another binary file has to be exported"),
        (b"short", "bad.txt is too short: its parts to train, validate and test on have .* characters"),
        (b"a short line\n" * 20, "at least 101 symbols"),
    ],
)
def test_bad_texts(tmp_path, content, message):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(ZooError, match=message):
        datasets.load("text_file", path=str(path))


# A table


def write_table(path, rows, head="text,label"):
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_table_of_classes(tmp_path):
    rows = [
        f'"Film {i // 2}, ""{"good" if i // 2 % 2 else "bad"}""",{"pos" if i // 2 % 2 else "neg"}' for i in range(200)
    ]
    path = write_table(tmp_path / "my.csv", [*rows, ""])
    dataset = datasets.load("table", path=path, unit="character", min_count=1)
    assert sizes(dataset) == [160, 20, 20] and dataset.spec.labels == ("neg", "pos") and disjoint(dataset)
    assert dataset.spec.pattern == "many_to_one" and dataset.spec.builder_arguments["outputs"] == 2
    assert [part.targets.mean() for part in parts(dataset)] == pytest.approx([0.5] * 3)
    vocabulary = dataset.spec.vocabularies["inputs"]
    for row, label in zip(dataset.test.inputs["inputs"], dataset.test.targets):
        assert vocabulary.decode(row).endswith('"good"' if label else '"bad"')
    assert datasets.load("table", path=path, seed=1).test.targets.tolist() != dataset.test.targets.tolist()


def test_table_with_a_split_and_names_of_columns(tmp_path):
    rows = [
        f'a "quoted" one {i}\tx\t{["k", "l"][i % 2]}\t{["train", "validation", "test"][min(i // 10, 2)]}'
        for i in range(25)
    ]
    path = write_table(tmp_path / "my.tsv", rows, "review\tother\tkind\tpart")
    dataset = datasets.load("table", path=path, text="review", label="kind", split="part", min_count=1)
    assert sizes(dataset) == [10, 10, 5] and dataset.train.targets.tolist() == [0, 1] * 5
    assert dataset.spec.vocabularies["inputs"].decode(dataset.train.inputs["inputs"][0]) == 'a "quoted" one 0'


def test_table_of_translations(tmp_path):
    rows = [f"IRMAK {i // 3},river {i},{i}" for i in range(90)]
    path = write_table(tmp_path / "pairs.csv", rows, "tr,en,number")
    options = {"text": "tr", "translation": "en", "language": "tr", "lower": True, "unit": "character", "min_count": 1}
    dataset = datasets.load("table", path=path, **options)
    assert (
        dataset.spec.pattern == "many_to_many_unaligned" and sum(sizes(dataset)) == 90 and disjoint(dataset, "source")
    )
    assert sizes(dataset)[1:] == [9, 9] and dataset.spec.scores == ("bleu", "chrf")
    assert "ı" in dataset.spec.vocabularies["source"].symbols and dataset.train.texts[0].startswith("river")


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.csv", "text,kind\nx,y\n", {}, r"a.csv, line 1 should name the columns 'text', 'label'; received no 'label' in"),
        ("a.csv", "text,label,text\nx,y,z\n", {}, "one of them twice"),
        ("a.csv", "text,label\nx,y,z\n", {}, "a.csv, line 2, column 3 is one too many: the first line names 2 columns, this one has 3.*A text with a comma"),
        ("a.tsv", "text\tlabel\nx\ty\nx\n", {}, "a.tsv, line 3, column 2 'label' is missing: the first line names 2 columns, this one has 1"),
        ("a.csv", 'text,label\n"x,y\n', {}, "a.csv, line 2, column 1 begins with a quotation mark that is never closed"),
        ("a.csv", 'text,label\n"a, b",y\n"c ""d"", e","y\nx,y\n', {}, "a.csv, line 3, column 2 begins with a quotation mark that is never"),
        ("a.csv", 'text,label\nx,y\n"a "b" c",y\n', {}, "a.csv, line 3, column 1 should end with its closing quotation mark, but more"),
        ("a.csv", 'text,label\n\n"two\nlines",y\n"x,y\nx,y\nx,y\n', {}, "a.csv, line 5, column 1 begins with a quotation mark"),
        ("a.csv", 'text,label\nx,y\n"a\nb",\n', {}, r"a.csv, line 3, column 2 \('label'\) should not be empty"),
        ("a.csv", "text,label\n", {}, "should have rows below its first line"),
        ("a.csv", "text,label\nx,y\nz,y\n", {}, r"column 'label' should have examples of at least two classes, received \['y'\]"),
        ("a.csv", "text,label\nx,y\nz,w\n", {}, "at least 6 different examples of each class .*received 1 of 'w', first on line 3 and"),
        ("a.csv", 'text,label\nx,y\n"a\nb",y\nx,w\n', {}, "received 'x' as 'y' on line 2 and as 'w' on line 5"),
        ("a.csv", "text,label,s\na,y,train\nb,y,validation\nc,w,test\n", {"split": "s"}, "in train, received none of 'w'"),
        ("a.csv", "text,label\nx,y\n", {"translation": "text"}, r"different names, received \['text', 'text'\]"),
        ("a.csv", "text,label\nx,y\n", {"split": "label"}, r"different names, received \['text', 'label', 'label'\]"),
        ("a.csv", "text,label\nx,y\n", {"text": None}, r"different names, received \[None, 'label'\]"),
        ("a.csv", "text,label\nx,y\n", {"label": ""}, r"different names, received \['text', ''\]"),
        ("a.csv", "text,label,s\nx,y,train\nz,w,dev\n", {"split": "s"}, "column 's' should be train, validation or test"),
        ("a.txt", "text,label\nx,y\n", {}, "should be a table whose name ends in .csv or .tsv"),
        ("a.csv", "text,label\nx,y\n", {"label": "label", "translation": "text"}, "Give `label` or `translation`"),
        ("a.csv", "text,label\nx,y\n", {"translation_language": "tr"}, "goes with `translation`"),
        ("a.csv", "text,label\nx,y\n", {"seed": -1}, "`seed` should be"),
        ("a.csv", "a,b\n" + "".join(f"x {i},y\n" for i in range(30)), {"text": "a", "translation": "b"}, "received 1 in all"),
    ],
)  # fmt: skip
def test_bad_tables(tmp_path, name, content, options, message):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ZooError, match=message):
        datasets.load("table", path=str(path), **options)


# Recordings


@pytest.fixture
def recordings(tmp_path):
    for i in range(12):
        for label, hertz in (("low", 200), ("high", 1500)):
            write_wav(tmp_path / "sounds" / label / f"{i}.wav", tone(hertz + 5 * i, 0.2 + 0.01 * i))
    (tmp_path / "sounds" / ".hidden").mkdir()
    (tmp_path / "sounds" / "._1.wav").write_bytes(b"hidden too")
    return tmp_path / "sounds"


def test_wav_folder(recordings):
    dataset = datasets.load("wav_folder", path=str(recordings), bands=20, stack=2)
    assert sizes(dataset) == [20, 2, 2] and disjoint(dataset) and dataset.spec.labels == ("high", "low")
    assert dataset.spec.builder_arguments == {"input_shape": (None, 40), "outputs": 2}
    seen = np.concatenate(dataset.train.inputs["inputs"])
    assert seen.dtype == np.float32 and abs(seen.mean()) < 0.05 and seen.std() == pytest.approx(1, abs=0.05)
    from keras_rnn_zoo.preprocessing.recording import heard

    frames = heard(recordings / "low" / "3.wav", dataset.spec.features)
    rows = [row for part in parts(dataset) for row in part.inputs["inputs"]]
    assert sum(row.shape == frames.shape and np.array_equal(row, frames) for row in rows) == 1


def test_wav_folder_with_its_own_split_and_repeats(tmp_path):
    for number, split in enumerate(("train", "validation", "test")):
        for label in ("a", "b"):
            write_wav(tmp_path / split / label / "one.WAV", tone(200 + 100 * number + len(label)))
    assert sizes(datasets.load("wav_folder", path=str(tmp_path))) == [2, 2, 2]
    other = tmp_path / "other"
    for i in range(40):
        write_wav(other / "ab"[i % 2] / f"{i}.wav", tone(200 + i // 4 * 50 + i % 2))
    assert disjoint(datasets.load("wav_folder", path=str(other)))


def test_bad_recordings(recordings):
    path = recordings / "low" / "3.wav"
    whole = path.read_bytes()
    for content, message in (
        (whole[:-50], "3.wav"),
        (b"RIFF", "3.wav should be a .wav file"),
        (b"", "3.wav should be"),
    ):
        path.write_bytes(content)
        with pytest.raises(ZooError, match=message):
            datasets.load("wav_folder", path=str(recordings))
    write_wav(path, tone(300, rate=16000), rate=16000)
    with pytest.raises(ZooError, match="3.wav should have 8000 Hz as the others, received 16000 Hz"):
        datasets.load("wav_folder", path=str(recordings))
    write_wav(path, tone(300, seconds=0.01))
    with pytest.raises(ZooError, match="3.wav: The recording is too short"):
        datasets.load("wav_folder", path=str(recordings))
    path.unlink()
    (recordings / "low" / "3.mp3").write_bytes(b"")
    with pytest.raises(ZooError, match="3.mp3 should be a file whose name ends in .wav"):
        datasets.load("wav_folder", path=str(recordings))


def test_folders_of_another_form(tmp_path):
    write_wav(tmp_path / "one" / "a.wav", tone(300))
    with pytest.raises(ZooError, match=r"examples of at least two classes, received \['one'\]"):
        datasets.load("wav_folder", path=str(tmp_path))
    (tmp_path / "train").mkdir()
    with pytest.raises(
        ZooError, match=r"should hold the splits train, validation, test, or classes alone; .*'one', 'train'"
    ):
        datasets.load("wav_folder", path=str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZooError, match="a folder for each class with its files .*inside, received none"):
        datasets.load("wav_folder", path=str(tmp_path / "empty"))
    write_wav(tmp_path / "empty" / "b.wav", tone(300))
    with pytest.raises(
        ZooError, match="a folder for each class with its files inside, received 'b.wav' in no such folder"
    ):
        datasets.load("wav_folder", path=str(tmp_path / "empty"))


def test_an_empty_class(recordings):
    (recordings / "mid").mkdir()
    with pytest.raises(ZooError, match="mid should hold files of its class, received none"):
        datasets.load("wav_folder", path=str(recordings))


@pytest.mark.parametrize("bands", [0, 129])
def test_bands_of_recordings(recordings, bands):
    with pytest.raises(ZooError, match=f"`bands` should be a whole number from 1 to 128, received {bands}"):
        datasets.load("wav_folder", path=str(recordings), bands=bands)


# Pictures


def test_picture_folder(tmp_path):
    for i in range(20):
        write_picture(tmp_path / "cat" / f"{i}.png", i // 2)
        write_picture(tmp_path / "dog" / f"{i}.bmp", 100 + i)
    dataset = datasets.load("picture_folder", path=str(tmp_path), size=8)
    assert sum(sizes(dataset)) == 40 and min(sizes(dataset)) >= 2 and disjoint(dataset)
    assert dataset.spec.pattern == "one_to_one" and dataset.spec.labels == ("cat", "dog")
    assert dataset.train.inputs["inputs"].shape[1:] == (8, 8, 3) and dataset.train.inputs["inputs"].max() <= 1
    grey = datasets.load("picture_folder", path=str(tmp_path), size=8, colours="grey")
    assert grey.spec.builder_arguments["input_shape"] == (8, 8, 1)


@pytest.mark.parametrize(
    ("name", "message"), [("x.txt", "x.txt should be a file whose name"), ("x.png", "x.png should be a pic")]
)
def test_bad_pictures(tmp_path, name, message):
    write_picture(tmp_path / "cat" / "1.png", 1)
    write_picture(tmp_path / "dog" / "1.png", 2)
    (tmp_path / "dog" / name).write_bytes(b"no picture")
    with pytest.raises(ZooError, match=message):
        datasets.load("picture_folder", path=str(tmp_path))


def captions(folder, count=20):
    for i in range(count):
        write_picture(folder / "pictures" / f"{i}.png", i)
    lines = [f"pictures/{i}.png\tA dog {i} runs\n" for i in range(count) for _ in range(2)]
    path = folder / "captions.tsv"
    path.write_text("picture\tcaption\n" + "".join(lines), encoding="utf-8")
    return path


def test_captioned_pictures(tmp_path):
    dataset = datasets.load("captioned_pictures", path=str(captions(tmp_path)), size=8)
    assert sizes(dataset) == [32, 4, 4] and disjoint(dataset, "context") and dataset.spec.pattern == "one_to_many"
    assert len(set(dataset.test.groups)) == 2 and dataset.spec.builder_arguments["input_shape"] == (8, 8, 3)
    assert dataset.spec.vocabularies["targets"].symbols[:3] == ("a", "dog", "runs")


def test_captions_of_what_is_not_there(tmp_path):
    path = captions(tmp_path)
    (tmp_path / "pictures" / "7.png").unlink()
    with pytest.raises(
        ZooError, match="captions.tsv, column 'picture' should name pictures.*received 'pictures/7.png'"
    ):
        datasets.load("captioned_pictures", path=str(path))


# Arrays

SEQUENCES = RNG.normal(size=(40, 6, 3)).astype(np.float32)
FLAT, PICTURES = RNG.normal(size=(40, 5)), RNG.integers(0, 256, (40, 4, 4, 1), dtype=np.uint8)
CLASS, NUMBER = np.arange(40) % 2, RNG.normal(size=40)


@pytest.mark.parametrize(
    ("inputs", "targets", "pattern", "objective", "outputs"),
    [
        (FLAT, CLASS, "one_to_one", "class", 2),
        (PICTURES, CLASS.astype(np.uint8), "one_to_one", "class", 2),
        (FLAT, RNG.normal(size=(40, 3)), "one_to_one", "number", 3),
        (SEQUENCES, CLASS, "many_to_one", "class", 2),
        (SEQUENCES, NUMBER, "many_to_one", "number", 1),
        (SEQUENCES, np.arange(240).reshape(40, 6) % 4, "many_to_many_aligned", "labels", 4),
        (SEQUENCES, np.arange(240 * 5).reshape(40, 6, 5) % 2 == 0, "many_to_many_aligned", "notes", 5),
    ],
)
def test_array_file(tmp_path, inputs, targets, pattern, objective, outputs):
    np.savez(tmp_path / "my.npz", inputs=inputs, targets=targets)
    dataset = datasets.load("array_file", path=str(tmp_path / "my.npz"))
    spec = dataset.spec
    assert (spec.pattern, spec.objective, spec.builder_arguments["outputs"]) == (pattern, objective, outputs)
    assert sum(sizes(dataset)) == 40 and min(sizes(dataset)) == 4 and disjoint(dataset)
    assert (
        dataset.train.inputs["inputs"].dtype == np.float32
        and dataset.train.inputs["inputs"].shape[1:] == inputs.shape[1:]
    )
    assert np.asarray(dataset.train.targets).dtype == (np.float32 if objective in ("number", "notes") else np.int32)


@pytest.mark.parametrize(("targets", "builder"), [(CLASS, "many_to_one"), (NUMBER, "many_to_one"), (SEQUENCES > 0, "many_to_many_aligned")])  # fmt: skip
def test_models_of_arrays_of_different_lengths(tmp_path, targets, builder):
    from keras_rnn_zoo import builders
    from keras_rnn_zoo.preprocessing.batching import SequenceBatcher

    lengths = 1 + np.arange(40) % 6
    np.savez(tmp_path / "my.npz", inputs=SEQUENCES, targets=targets, lengths=lengths)
    dataset = datasets.load("array_file", path=str(tmp_path / "my.npz"))
    mask = dataset.spec.builder_arguments["mask_value"]
    assert mask < SEQUENCES.min() and dataset.spec.padding["inputs"] == mask
    assert {len(row) for row in dataset.train.inputs["inputs"]} == set(range(1, 7))
    model = builders.get(builder)(units=4, **dataset.spec.builder_arguments)
    inputs, answers = SequenceBatcher(dataset.train, 8, dataset.spec.padding)[0]
    assert model(inputs).shape[0] == len(answers) == 8


def test_arrays_with_a_split_and_names(tmp_path):
    split = np.array(["train"] * 30 + ["validation"] * 6 + ["test"] * 4)
    np.savez(tmp_path / "my.npz", inputs=FLAT, targets=CLASS, split=split, labels=np.array(["no", "yes", "maybe"]))
    dataset = datasets.load("array_file", path=str(tmp_path / "my.npz"))
    assert sizes(dataset) == [30, 6, 4] and dataset.spec.labels == ("no", "yes", "maybe")
    np.testing.assert_allclose(dataset.test.inputs["inputs"], FLAT[-4:], rtol=1e-6)


def with_nan():
    inputs = SEQUENCES.copy()
    inputs[3, 1, 2] = np.nan
    return inputs


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"inputs": FLAT}, r"should hold inputs and targets.*received \['inputs'\]"),
        ({"inputs": FLAT, "targets": CLASS, "weights": CLASS}, "received .*'weights'"),
        ({"inputs": FLAT, "targets": CLASS[:39]}, "one row an example in each array"),
        ({"inputs": FLAT[:0], "targets": CLASS[:0]}, "one row an example in each array"),
        ({"inputs": NUMBER, "targets": CLASS}, "inputs should be numbers of 2 to 4 axes, received float64 of shape"),
        ({"inputs": with_nan(), "targets": CLASS}, r"inputs should be finite as float32, received nan at \[3, 1, 2\]"),
        ({"inputs": FLAT, "targets": np.full(40, np.inf)}, r"targets should be finite as float32, received inf at \[0\]"),
        ({"inputs": FLAT, "targets": CLASS * 0}, "at least two classes"),
        ({"inputs": FLAT, "targets": CLASS - 1}, "numbered from 0, received -1"),
        ({"inputs": FLAT, "targets": np.array(["a"] * 40)}, "should be numbers, received strings. Number them .*`labels`"),
        ({"inputs": SEQUENCES, "targets": np.zeros((40, 5), int)}, "fit no pattern"),
        ({"inputs": SEQUENCES, "targets": SEQUENCES}, "fit no pattern"),
        ({"inputs": SEQUENCES, "targets": CLASS, "lengths": CLASS}, "lengths should be from 1 to 6, received 0 to 1"),
        ({"inputs": FLAT, "targets": CLASS, "lengths": CLASS}, "lengths should be whole numbers"),
        ({"inputs": FLAT, "targets": CLASS, "labels": np.array(["a"])}, "names of at least 2 classes"),
        ({"inputs": FLAT, "targets": CLASS, "split": np.array(["train"] * 40)}, "`split` should be train, validation or test"),
        ({"inputs": FLAT[:8], "targets": CLASS[:8]}, "at least 6 different examples of each class"),
    ],
)  # fmt: skip
def test_bad_arrays(tmp_path, arrays, message):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(ZooError, match=message):
        datasets.load("array_file", path=str(tmp_path / "bad.npz"))


def test_no_array_file(tmp_path):
    path = tmp_path / "cut.npz"
    np.savez(path, inputs=FLAT, targets=CLASS)
    np.save(tmp_path / "one.npy", FLAT)
    np.savez(tmp_path / "objects.npz", inputs=np.array([{}, []], object), targets=CLASS[:2])
    contents = (
        path.read_bytes()[:-60],
        b"",
        b"text",
        *((tmp_path / n).read_bytes() for n in ("one.npy", "objects.npz")),
    )
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ZooError, match="cut.npz should be a NumPy .npz file without objects") as caught:
            datasets.load("array_file", path=str(path))
        assert "context manager" not in str(caught.value) and "allow_pickle" not in str(caught.value)
        assert "Write it with numpy.savez" in str(caught.value)


def test_a_cut_array_file_is_closed(tmp_path):
    path = tmp_path / "cut.npz"
    np.savez(path, inputs=FLAT, targets=CLASS)
    path.write_bytes(path.read_bytes()[:-60])
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(ZooError):
            datasets.load("array_file", path=str(path))
        gc.collect()
    assert not [one for one in given if issubclass(one.category, ResourceWarning) and "cut.npz" in str(one.message)]


# Tagged sentences


def conllu(words):
    rows = (f"{i}\t{word}\t_\t{tag}\t_\t_\t0\t{tag.lower()}\t_\t_\n" for i, (word, tag) in enumerate(words, start=1))
    return "".join(rows) + "\n"


def test_tagged_text(tmp_path):
    path = tmp_path / "my.conllu"
    path.write_text("".join(conllu([("Ankara", "PROPN"), (f"{i // 2}", "NUM")]) for i in range(60)), encoding="utf-8")
    dataset = datasets.load("tagged_text", path=str(path), min_count=1)
    assert sizes(dataset) == [48, 6, 6] and dataset.spec.labels == ("NUM", "PROPN")
    assert dataset.test.targets[0].tolist() == [1, 0]
    assert datasets.load("tagged_text", path=str(path), tag="deprel", min_count=1).spec.labels == ("num", "propn")
    with pytest.raises(ZooError, match="my.conllu does not say the xpos of its words"):
        datasets.load("tagged_text", path=str(path), tag="xpos")
    path.write_text("1\tcut", encoding="utf-8")
    with pytest.raises(ZooError, match="my.conllu, line 1, column 3: word 1 of its sentence should be there"):
        datasets.load("tagged_text", path=str(path))


# From a configuration to an answer


def test_a_configuration_is_trained_on_ones_own_table_and_answers(tmp_path):
    from keras_rnn_zoo.tasks import load_task
    from keras_rnn_zoo.training.catalogue import find_config
    from keras_rnn_zoo.training.config import read
    from keras_rnn_zoo.training.runner import run

    path = write_table(
        tmp_path / "my.csv", [f"{'good' if i % 2 else 'bad'} film {i},{'pos' if i % 2 else 'neg'}" for i in range(90)]
    )
    overrides = ["dataset.name=table", f"dataset.options.path={path}", "model.units=4", "training.batch_size=16"]
    config = read(find_config("lstm_uci_sentiment")[1], overrides).quick()
    assert load_task(run(config, tmp_path / "run"))("a good film") in ("neg", "pos")


def test_a_configuration_is_trained_on_ones_own_recordings_and_hears_one(recordings, tmp_path):
    from keras_rnn_zoo.tasks import load_task
    from keras_rnn_zoo.training.config import parse
    from keras_rnn_zoo.training.runner import run

    config = {
        "builder": "many_to_one",
        "dataset": {"name": "wav_folder", "options": {"path": str(recordings), "bands": 10}},
        "model": {"units": 4, "cell": "simple_rnn"},
        "training": {"epochs": 1, "batch_size": 8},
    }
    task = load_task(run(parse(config), tmp_path / "run"))
    assert task(str(recordings / "low" / "1.wav")) in ("high", "low")
