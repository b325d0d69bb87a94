"""Emoji and their names: both ways to hold out, no picture in two splits, and malformed files."""

import json
import zipfile

import numpy as np
import pytest

from keras_rnn_zoo.datasets import load
from keras_rnn_zoo.errors import ZooError

image = pytest.importorskip("PIL.Image")


def sizes(dataset):
    return [len(split) for split in (dataset.train, dataset.validation, dataset.test)]


def pictures(dataset):
    splits = dataset.train, dataset.validation, dataset.test
    return [{row.tobytes() for row in split.inputs["context"]} for split in splits]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with 20 emoji of one colour each, the first two of them drawn alike by Noto."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "emoji-captions"
    folder.mkdir()
    entries = []
    with zipfile.ZipFile(folder / "images_48.zip", "w") as archive:
        for i in range(20):
            files = {design: f"{design}/{i}.png" for design in ("twemoji", "noto")}
            entries.append({"id": str(i), "en": f"colour {i}", "tr": f"RENK {i}", "images": files})
            for blue, name in enumerate(files.values()):
                with archive.open(name, "w") as file:
                    red = 1 if blue and i == 0 else i
                    image.new("RGB", (48, 48), (10 * red, 0, 255 * blue)).save(file, "png")
    (folder / "captions.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


@pytest.mark.data
@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize(("unseen", "expected"), [("drawings", [1585, 317, 1268]), ("emoji", [2538, 316, 316])])
def test_no_picture_is_in_two_splits(language, unseen, expected):
    dataset = load("emoji_captions", language=language, unseen=unseen)
    again = load("emoji_captions", language=language, unseen=unseen)
    spec = dataset.spec
    assert sizes(dataset) == expected
    assert (spec.pattern, spec.objective, spec.writes, spec.scores) == ("one_to_many", "symbols", True, ("chrf",))
    assert spec.builder_arguments["input_shape"] == (48, 48, 3)
    train, validation, test = pictures(dataset)
    assert not (train & validation or train & test or validation & test)
    for split, repeat in ((dataset.train, again.train), (dataset.test, again.test)):
        np.testing.assert_array_equal(split.inputs["context"], repeat.inputs["context"])
        assert split.texts == repeat.texts and split.inputs["context"].dtype == np.float32
        assert split.inputs["context"].min() == 0 and split.inputs["context"].max() == 1
    other = load("emoji_captions", language=language, unseen=unseen, seed=1)
    assert other.test.texts != dataset.test.texts and sizes(other) == expected


@pytest.mark.data
def test_names_that_are_new_or_known():
    known, new = (load("emoji_captions", language="tr", unseen=unseen) for unseen in ("drawings", "emoji"))
    assert set(known.test.texts) | set(known.validation.texts) == set(known.train.texts)
    assert not set(new.test.texts) & set(new.train.texts) and not set(new.validation.texts) & set(new.train.texts)
    assert all(new.test.texts.count(text) == 2 for text in new.test.texts), "both designs of an emoji stay together"
    assert "kırık kalp" in known.train.texts and any(text != text.lower() for text in known.train.texts)


@pytest.mark.data
def test_equal_pictures_share_a_group():
    train = load("emoji_captions").train
    (twice,) = {group for group in train.groups if train.groups.count(group) > 1}
    alike = [i for i, group in enumerate(train.groups) if group == twice]
    np.testing.assert_array_equal(*train.inputs["context"][alike])
    assert {train.texts[i] for i in alike} == {"family", "family: adult, adult, child"}
    assert len({row.tobytes() for row in train.inputs["context"]}) == len(set(train.groups)) == 1_584


@pytest.mark.parametrize("seed", range(5))
def test_emoji_that_look_alike_stay_together(folder, seed):
    for unseen, expected in (("drawings", [20, 4, 16]), ("emoji", [32, 4, 4])):
        dataset = load("emoji_captions", unseen=unseen, seed=seed)
        assert sizes(dataset) == expected
        places = [
            [text in split.texts for split in (dataset.train, dataset.validation, dataset.test)]
            for text in ("colour 0", "colour 1")
        ]
        assert places[0] == places[1] and any(places[0])


def test_each_name_goes_with_its_drawing(folder):
    dataset = load("emoji_captions", language="tr", unit="word")
    for split, blue in ((dataset.train, 0), (dataset.validation, 1), (dataset.test, 1)):
        for picture, text in zip(split.inputs["context"], split.texts):
            number = int(text.removeprefix("RENK "))
            red = 1 if blue and number == 0 else number
            np.testing.assert_allclose(picture[5, 5], [10 * red / 255, 0, blue], rtol=1e-6)


def change(folder, edit):
    path = folder / "captions.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(edit(entries)), encoding="utf-8")


@pytest.mark.parametrize(
    "edit",
    [
        lambda entries: {"emoji": entries},
        lambda entries: [*entries, {"tr": "x", "images": {"twemoji": "a", "noto": "b"}}],
        lambda entries: [*entries, {"en": "x", "images": {"twemoji": "a"}}],
        lambda entries: [*entries, "x"],
        lambda entries: 3,
    ],
)
def test_json_of_another_form(folder, edit):
    change(folder, edit)
    with pytest.raises(ZooError, match="captions.json should be JSON, a list of emoji, each with en and images"):
        load("emoji_captions")


@pytest.mark.parametrize("edit", [lambda entries: [*entries, entries[0]], lambda entries: []])
def test_names_that_are_not_unique(folder, edit):
    change(folder, edit)
    with pytest.raises(ZooError, match="captions.json should give every emoji a name of its own"):
        load("emoji_captions")


def test_a_truncated_json(folder):
    path = folder / "captions.json"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ZooError, match="captions.json should be JSON, a list of emoji"):
        load("emoji_captions")


def test_a_drawing_that_is_missing(folder):
    change(
        folder, lambda entries: [*entries, {"en": "x", "images": {"twemoji": "twemoji/0.png", "noto": "noto/x.png"}}]
    )
    with pytest.raises(ZooError, match="images_48.zip should be a .zip file that holds a picture .* as noto/x.png"):
        load("emoji_captions")


@pytest.mark.parametrize("name", ["captions.json", "images_48.zip"])
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(ZooError, match=f"{name} should be in .* made from the npm packages emoji-datasource-twitter"):
        load("emoji_captions")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "de"}, "Unknown `language` 'de'"),
        ({"unseen": "drawing"}, "Did you mean 'drawings'"),
        ({"unit": "phrase"}, "Unknown unit of text 'phrase'"),
        ({"seed": -1}, "`seed` should be"),
    ],
)
def test_bad_options(folder, options, message):
    with pytest.raises(ZooError, match=message):
        load("emoji_captions", **options)
