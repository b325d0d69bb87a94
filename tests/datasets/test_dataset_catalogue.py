"""Datasets by name, their options, the generated ones, and that importing them is cheap."""

import ast
import doctest
import importlib
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import keras_rnn_zoo.datasets as datasets
from keras_rnn_zoo.datasets import options, python_source
from keras_rnn_zoo.datasets.number_words import number_name
from keras_rnn_zoo.datasets.spec import PATTERNS
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import END, START, UNKNOWN
from tests.contract.test_catalogue import DATASETS

PACKAGE = Path(datasets.__file__).parents[1]
TEXT = [PACKAGE / "preprocessing" / f"{name}.py" for name in ("text", "base", "byte", "subword", "vocabulary")]
MODULES = [*sorted((PACKAGE / "datasets").glob("*.py")), *TEXT]
HEAVY = {"keras", "tensorflow", "torch", "jax", "scipy", "PIL", "num2words"}
SMALL = {
    "number_names": {"limit": 400},
    "number_pictures": {"limit": 400},
    "python_source": {"characters": 50_000},
    "temporal_order": {"train": 40, "validation": 20, "test": 20},
}


def test_names():
    assert sorted(datasets.__all__) == ["Dataset", "DatasetSpec", "Examples", "list_datasets", "load", "load_dataset"]
    assert datasets.list_datasets() == sorted(DATASETS)


@pytest.mark.parametrize("name", ["adition", None, ["addition"]])
def test_unknown_name(name):
    with pytest.raises(ZooError, match="Unknown dataset .*Known: addition, "):
        datasets.load(name)


def test_unknown_option():
    options = "limit=10000, source='en', target='tr', seed=0"
    with pytest.raises(ZooError, match=f"'number_names' has no option 'size'. Its options: {options}"):
        datasets.load("number_names", size=3)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("number_names", {"limit": "many"}, "`limit` should be a whole number from 200 to 1,000,000, received 'many'"),
        ("number_names", {"source": "tr"}, "two different ones"),
        ("number_names", {"source": "de"}, "Unknown `source` 'de'"),
        ("number_pictures", {"limit": 199}, "`limit` should be a whole number from 200"),
        ("number_pictures", {"target": "first_digit"}, "Did you mean 'last_digit'"),
        ("number_pictures", {"language": "fr"}, "Unknown `language`"),
        ("python_source", {"window": 0}, "`window` should be"),
        ("python_source", {"characters": 10}, "`characters` should be a whole number of at least 1,000"),
        ("python_source", {"characters": 10**9}, "should hold at least 1,000,000,000 characters of Python source"),
        ("python_source", {"characters": 1_000, "window": 100}, "A split should hold at least 101 symbols"),
        ("tinyshakespeare", {"window": 2.5}, "`window` should be"),
        ("uci_sentiment", {"seed": None}, "`seed` should be"),
        ("tatoeba_tr_en", {"unit": "bytes"}, "Unknown unit of text 'bytes'. Did you mean 'byte'"),
        ("tatoeba_tr_en", {"unit": "byte", "lower": "no"}, "`lower` should be True or False"),
        ("tatoeba_tr_en", {"target": "tr"}, "two different ones"),
    ],
)
def test_bad_options(name, given, message):
    with pytest.raises(ZooError, match=message):
        datasets.load(name, **given)


def test_no_framework_is_imported():
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                assert not {name.split(".")[0] for name in names} & HEAVY, (module, names)


def test_a_missing_extra():
    with pytest.raises(ZooError, match=r"needs no_such_module.*pip install 'keras_rnn_zoo\[data\]'"):
        options.extra("no_such_module")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_docstring_examples(module):
    name = ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts)
    assert not doctest.testmod(importlib.import_module(name)).failed


@pytest.mark.parametrize("name", sorted(SMALL))
def test_small_datasets_are_whole(name):
    dataset, again = datasets.load(name, **SMALL[name]), datasets.load(name, **SMALL[name])
    spec = dataset.spec
    assert spec.name == name and spec.pattern in PATTERNS and spec.licence and spec.citation and spec.description
    for part in ("train", "validation", "test"):
        split, repeat = getattr(dataset, part), getattr(again, part)
        for field, values in {**split.inputs, "targets": split.targets}.items():
            assert {np.asarray(v).dtype for v in values} <= {np.dtype(np.int32), np.dtype(np.float32)}, field
            for a, b in zip(values, repeat.inputs.get(field, repeat.targets)):
                np.testing.assert_array_equal(a, b)
        for previous, targets in zip(split.inputs.get("previous", ()), split.targets):
            assert previous[0] == START and targets[-1] == END
            np.testing.assert_array_equal(previous[1:], targets[:-1])


def test_number_names_are_unseen_but_made_of_known_words():
    dataset = datasets.load("number_names", limit=2_000, seed=3)
    vocabulary = dataset.spec.vocabularies["source"]
    splits = dataset.train, dataset.validation, dataset.test
    sets = [{vocabulary.decode(row) for row in split.inputs["source"]} for split in splits]
    assert [len(names) for names in sets] == [1600, 200, 200] and len(set.union(*sets)) == 2_000
    assert {number_name(n, "en") for n in range(21)} <= sets[0]
    assert not any(UNKNOWN in row for row in [*dataset.test.targets, *dataset.test.inputs["source"]])


def test_turkish_names_are_split_without_loss():
    num2words = pytest.importorskip("num2words").num2words
    for number in [*range(0, 10_000, 7), 100_000, 345_678, 999_999]:
        assert number_name(number, "tr").replace(" ", "") == num2words(number, lang="tr")
    assert number_name(4273, "tr") == "dört bin iki yüz yetmiş üç" and number_name(0, "tr") == "sıfır"


def test_pictures():
    name, digit = (datasets.load("number_pictures", limit=300, target=t, language="tr") for t in ("name", "last_digit"))
    pictures = name.train.inputs["context"]
    assert pictures.shape == (240, 20, 64, 1) and pictures.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1 and pictures.max(axis=(1, 2, 3)).min() > 0.4
    np.testing.assert_array_equal(pictures, digit.train.inputs["inputs"])
    words = name.spec.vocabularies["targets"]
    units = {number_name(n, "tr"): n for n in range(1, 10)}
    for row, label in zip(name.test.targets, digit.test.targets):
        assert units.get(words.decode(row).split()[-1], 0) == label
    assert digit.spec.pattern == "one_to_one" and digit.spec.labels == tuple("0123456789")


def test_windows_follow_each_other():
    dataset = datasets.load("python_source", window=64, characters=60_000)
    vocabulary, split = dataset.spec.vocabularies["inputs"], dataset.validation
    inputs, targets = split.inputs["inputs"], split.targets
    np.testing.assert_array_equal(inputs.ravel()[1:], targets.ravel()[:-1])
    assert vocabulary.decode(inputs[0]).startswith(python_source.source(1_000)[:60])


def test_python_without_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "python.zip"))
    with pytest.raises(ZooError, match="python.zip should hold .* received 0 in 0 modules"):
        datasets.load("python_source")
