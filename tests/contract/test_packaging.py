"""What is installed is what is here."""

import configparser
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_package_is_listed():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "keras_rnn_zoo").rglob("__init__.py")
    } | {"keras_rnn_zoo.zoo_configs"}
    assert listed == found


def test_no_fact_stands_twice():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "metadata" not in setup.sections()
    assert not {"install_requires", "python_requires", "entry_points"} & set(setup["options"])
    assert "version" in project["dynamic"]


def test_the_wheel_carries_the_configurations(tmp_path):
    pytest.importorskip("setuptools", minversion="77", reason="building a wheel needs setuptools 77")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "zoo_configs").glob("*/*.yaml"):
        assert f"keras_rnn_zoo/zoo_configs/{path.parent.name}/{path.name}" in names
    assert not any(name.startswith(("tests", "runs", "saved_models")) for name in names)
