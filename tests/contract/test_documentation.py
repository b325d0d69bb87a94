"""What is written runs: docstring examples, README blocks; and what is public is documented."""

import doctest
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import keras_rnn_zoo as zoo

README = Path(__file__).parents[2] / "README.md"
MODULES = ["keras_rnn_zoo"] + [
    module.name
    for module in pkgutil.walk_packages(zoo.__path__, "keras_rnn_zoo.")
    if not module.name.endswith(("cli", "zoo_configs"))
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    assert doctest.testmod(import_module(name), verbose=False).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_module_and_public_name_has_a_docstring(name):
    module = import_module(name)
    assert module.__doc__
    for public, value in vars(module).items():
        own = getattr(value, "__module__", None) == name
        if own and not public.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value)):
            assert value.__doc__, f"{name}.{public} has no docstring"


@pytest.mark.parametrize("builder", zoo.list_builders())
def test_builders_name_every_argument(builder):
    function = zoo.builders.get(builder)
    for argument in inspect.signature(function).parameters:
        if argument != "name":
            assert re.search(rf"\b{argument}\b", inspect.getdoc(function)), argument


def test_every_builder_is_public():
    assert {f"build_{name}" for name in zoo.list_builders()} <= set(zoo.__all__)


def test_public_names_resolve_and_stand_in_the_readme():
    text = README.read_text(encoding="utf-8")
    for name in zoo.__all__:
        assert getattr(zoo, name) is not None
        if name.startswith(("build_", "load_", "list_")):
            assert name in text, f"README.md does not mention {name}"


def test_readme_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    names = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)


def test_readme_names_every_configuration():
    from keras_rnn_zoo.training.catalogue import list_configs

    text = README.read_text(encoding="utf-8")
    for identity in list_configs():
        assert f"`{identity}`" in text, identity
