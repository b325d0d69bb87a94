"""What is installed is what is here."""

import configparser
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = 6e6  # bytes: larger presets are found in a checkout or in KERAS_RNN_ZOO_MODELS


def test_every_package_is_listed():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "keras_rnn_zoo").rglob("__init__.py")
    } | {"keras_rnn_zoo.saved_models", "keras_rnn_zoo.zoo_configs"}
    assert listed == found


def test_no_fact_stands_twice():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "metadata" not in setup.sections()
    assert not {"install_requires", "python_requires", "entry_points"} & set(setup["options"])
    assert "version" in project["dynamic"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel's file, built in a copy: what an earlier build left behind would go into it."""
    pytest.importorskip("setuptools", minversion="77", reason="building a wheel needs setuptools 77")
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(
        ROOT, folder / "copy", ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "runs")
    )
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder]
    result = subprocess.run([*map(str, command), str(folder / "copy")], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_carries_configurations_and_small_presets_and_no_more(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "zoo_configs").glob("*/*.yaml"):
        assert f"keras_rnn_zoo/zoo_configs/{path.parent.name}/{path.name}" in names
    for path in (ROOT / "saved_models").glob("*/*/*"):
        carried = f"keras_rnn_zoo/saved_models/{'/'.join(path.parts[-3:])}" in names
        assert carried == (preset_size(path.parent) < SMALL), path
    assert {Path(name).parts[0].split("-")[0] for name in names} == {"keras_rnn_zoo"}
    assert not any("tests/" in name or "results/" in name or "__pycache__" in name for name in names)
    assert wheel.stat().st_size < 30e6


def test_presets_open_from_what_was_installed(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import keras_rnn_zoo as zoo; print(*zoo.list_presets()); print(zoo.from_preset('gru_number_names')('seven'))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_RNN_ZOO_MODELS"}
    environment["PYTHONPATH"] = str(tmp_path)
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    listed, answer = result.stdout.splitlines()
    small = [path for path in (ROOT / "saved_models").glob("*/*") if path.is_dir() and preset_size(path) < SMALL]
    assert set(listed.split()) == {f"{path.parent.name}/{path.name}" for path in small} and answer == "yedi"


def preset_size(folder):
    return sum(path.stat().st_size for path in folder.iterdir())
