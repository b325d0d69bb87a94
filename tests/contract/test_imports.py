"""Imports run one way, and only where they must."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "keras_rnn_zoo"

# What each part may import of the package, itself apart; `errors` is open to all.
ALLOWED = {
    "device": set(),
    "initializers": set(),
    "cells": {"device", "initializers"},
    "equations": set(),
    "layers": {"cells", "device", "initializers"},
    "builders": {"layers", "cells"},
    "datasets": {"preprocessing"},
    "preprocessing": set(),
    "pretrained": {"layers", "cells", "tasks", "training"},
    "finetuning": {"builders", "layers", "cells", "preprocessing"},
    "generation": {"builders", "layers", "cells", "preprocessing"},
    "gradients": {"layers", "cells", "plots"},
    "plots": set(),
    "training": {
        "finetuning",
        "generation",
        "gradients",
        "builders",
        "layers",
        "cells",
        "datasets",
        "preprocessing",
        "plots",
    },
    "libtensorflow": set(),
    "serving": {"libtensorflow", "pretrained", "tasks", "training", "generation", "preprocessing"},
    "tasks": {"training", "generation", "builders", "layers", "cells", "datasets", "preprocessing"},
    "bench": {
        "device",
        "training",
        "finetuning",
        "generation",
        "datasets",
        "builders",
        "layers",
        "cells",
        "equations",
        "initializers",
        "preprocessing",
        "plots",
        "pretrained",
        "serving",
        "tasks",
        "libtensorflow",
    },
    "cards": {"training", "builders", "layers", "cells", "datasets", "equations", "plots", "preprocessing"},
    "explanation": {"layers", "cells", "device"},
    "views": {"training", "generation", "layers", "gradients", "datasets", "equations", "preprocessing", "plots"},
    "cli": {"bench", "serving", "tasks", "views", "training", "generation", "cards", "datasets", "explanation"},
}


def imports_of(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_map(path):
    place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if place in ("__init__", "errors"):
        return
    for name in imports_of(path):
        if not name.startswith("keras_rnn_zoo."):
            continue
        inside = name.removeprefix("keras_rnn_zoo.")
        allowed = ALLOWED[place] | {place, "errors"}
        assert any(inside == part or inside.startswith(f"{part}.") for part in allowed), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_outside_libraries(path):
    for name in imports_of(path):
        assert not name.startswith("keras.src"), f"{path.name} imports {name}"
        if name.startswith("matplotlib"):
            assert path.parent.name == "plots"


def test_every_part_has_a_rule():
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert parts == set(ALLOWED) | {"__init__", "errors"}


def test_other_backends_do_without_tensorflow():
    pytest.importorskip("jax")
    script = (
        "import sys, keras_rnn_zoo as zoo; "
        "zoo.build_translator((None,), 9, 4, vocabulary_size=8); zoo.load_dataset('temporal_order', train=10); "
        "import keras_rnn_zoo.training.runner; "
        "assert 'tensorflow' not in sys.modules, sorted(sys.modules)"
    )
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]


def test_the_command_line_checks_its_input_before_keras():
    script = "import sys, keras_rnn_zoo.cli, keras_rnn_zoo.training.config; assert 'keras' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]


def test_classes_are_registered_wherever_keras_came_first():
    script = (
        "import keras, keras_rnn_zoo; assert keras.saving.get_registered_object('keras_rnn_zoo>StackedRNN') is not None"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]
