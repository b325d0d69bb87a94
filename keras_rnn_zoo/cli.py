"""The commands. Input is checked before TensorFlow is imported, and bad input costs one line and exit code 2."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from keras_rnn_zoo.bench import commands as bench
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.backend import import_keras

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Recurrent models: list, describe, train, evaluate, generate, bench.",
)
app.add_typer(bench.app, name="bench")
console = Console(highlight=False)
_INTERRUPTED = 130


class Kind(StrEnum):
    """What can be listed."""

    configs = "configs"
    builders = "builders"
    cells = "cells"
    datasets = "datasets"
    runs = "runs"


ConfigArgument = Annotated[str, typer.Argument(help="A configuration's name (see `list`), or a YAML file of your own.")]
RunArgument = Annotated[
    str, typer.Argument(help="A finished run: its folder, or its name below runs/ or saved_models/.")
]
SetOption = Annotated[
    list[str], typer.Option("--set", help="Change a key, for instance training.epochs=3. Repeatable.")
]


@app.command("list")
def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.")] = Kind.configs,
    root: Annotated[list[Path], typer.Option(help="Where to look for finished runs. Repeatable.")] = [Path("runs")],
):
    """List the configurations, builders, cells or datasets, or the finished runs with their results."""
    if kind is Kind.configs:
        lines = _configs_with_headings()
    elif kind is Kind.runs:
        from keras_rnn_zoo.training.table import table_of_runs

        lines = table_of_runs(*root)
    elif kind is Kind.cells:
        import_keras()
        from keras_rnn_zoo.cards.cell_table import print_cells

        print_cells(console)
        lines = []
    else:
        import_keras()
        names = {Kind.builders: "list_builders", Kind.datasets: "list_datasets"}
        lines = getattr(import_module("keras_rnn_zoo"), names[kind])()
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def describe(
    name: Annotated[str, typer.Argument(help="A configuration, builder, cell or dataset.")],
    picture: Annotated[
        Path | None, typer.Option(help="Draw one step of a cell into this file, .png or .svg, not in the terminal.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the picture if it is there.")] = False,
):
    """Tell what a configuration, a builder, a cell or a dataset is."""
    _check_picture(picture, overwrite)
    import_keras()
    from keras_rnn_zoo.cards import description

    if picture:
        text = description.describe_with_picture(name, picture)
    else:
        text = description.describe(name, unicode=console.encoding.startswith("utf"))
    console.print(text, markup=False, soft_wrap=True)


@app.command()
def train(
    config: ConfigArgument,
    set_: SetOption = [],
    output: Annotated[Path | None, typer.Option(help="The folder to make; by default runs/ and the name.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Two batches only, into runs/quick/, to see that all works.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a finished run once this one is done.")
    ] = False,
):
    """Train a configuration, or go on with it where it was interrupted."""
    from keras_rnn_zoo.training.catalogue import find_config
    from keras_rnn_zoo.training.config import read
    from keras_rnn_zoo.training.folder import RunFolder

    identity, path = find_config(config)
    settings = read(path, set_)
    settings = settings.quick() if quick else settings
    folder = output or Path("runs", "quick" if quick else "", identity)
    RunFolder(folder).check(overwrite or quick)
    _check_dataset(settings.dataset)
    import_keras()
    from keras_rnn_zoo.training.runner import run

    console.print(f"{identity} -> {escape(str(folder))}", soft_wrap=True)
    run(settings, folder, identity=identity, overwrite=overwrite or quick, console=console)


@app.command()
def evaluate(
    run: RunArgument,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
):
    """Measure a trained model again, beside the trivial baseline."""
    from keras_rnn_zoo.training.trained import open_run

    if split not in ("train", "validation", "test"):
        raise ZooError(f"--split must be train, validation or test, received {split!r}.")
    trained = open_run(run)
    _check_dataset(trained.config.dataset)
    import_keras()
    from keras_rnn_zoo.training.evaluate import baseline, evaluate
    from keras_rnn_zoo.training.results import beside_baseline
    from keras_rnn_zoo.training.runner import load_dataset

    dataset = load_dataset(trained.config)
    examples = getattr(dataset, split)
    scores = evaluate(trained.load_model(), dataset, examples, trained.config.training.batch_size)
    for line in beside_baseline(split, scores, baseline(dataset, examples)):
        console.print(line, markup=False)


@app.command()
def generate(
    run: RunArgument,
    text: Annotated[str | None, typer.Option(help="A prompt to go on with, or a text to translate.")] = None,
    length: Annotated[int, typer.Option(help="How many symbols to write at most.", min=1)] = 300,
    temperature: Annotated[
        float | None,
        typer.Option(
            help="0: the most probable symbol; above: drawn by chance. 0.7 for language models, else 0.", min=0.0
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draws.", min=0)] = 0,
):
    """Let a trained model write: go on with a text, or answer one."""
    from keras_rnn_zoo.training.trained import open_run

    trained = open_run(run)
    fields = trained.vocabularies
    if not ("source" in fields or ("inputs" in fields and trained.about["objective"] == "symbols")):
        raise ZooError(f"{trained.folder} does not write from text: a language model or a translator is expected.")
    if text is not None and not text.strip() and "source" in fields:
        raise ZooError("--text is empty: give at least one word.")
    if text is None and "source" in fields:
        raise ZooError("This model answers a text: give one with --text.")
    if text == "":
        raise ZooError("--text is empty: give at least one character, or leave it out.")
    reader = fields.get("source") or fields["inputs"]
    unknown = reader.unknown(text or "")
    if unknown:
        print(f"note: unknown to this model: {' '.join(unknown)}", file=sys.stderr)
    import_keras()
    from keras_rnn_zoo.generation import answer_text, continue_text

    options = {"length": length, "seed": seed} | ({} if temperature is None else {"temperature": temperature})
    model = trained.load_model()
    if "source" in fields:
        written = answer_text(model, fields["source"], fields["targets"], text, **options)
    else:
        written = continue_text(model, fields["inputs"], text or "\n", **options)
    console.print(written, markup=False, soft_wrap=True)


def main():
    """The console script: bad input, a missing file and a full disk end in one line, everything else in a traceback."""
    try:
        code = app(standalone_mode=False)
        if code == _INTERRUPTED:  # Typer has caught the KeyboardInterrupt.
            raise KeyboardInterrupt
        sys.stdout.flush()
        sys.exit(code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # So that the flush at exit is quiet as well.
        sys.exit(1)
    except (typer.Abort, KeyboardInterrupt):
        print("interrupted: the same command again goes on with a training where it stopped", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except typer.TyperException as error:
        _fail(error.format_message())
    except (ZooError, OSError) as error:
        _fail(str(error))


def _fail(message: str):
    if message:  # There is none where the help was shown instead.
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def _check_dataset(dataset):
    """Finds unknown dataset names and options before anything slow begins."""
    from keras_rnn_zoo.datasets.catalogue import check

    check(dataset.name, dataset.options)


def _check_picture(path: Path | None, overwrite: bool):
    if path is None:
        if overwrite:
            raise ZooError("--overwrite replaces a picture: give its file with --picture.")
        return
    if path.suffix not in (".png", ".svg"):
        raise ZooError(f"--picture must end in .png or .svg, received {str(path)!r}.")
    if path.is_dir() or not path.parent.is_dir():
        missing = f"{path} is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise ZooError(f"--picture must be a file in a folder that is there: {missing}.")
    if path.exists() and not overwrite:
        raise ZooError(f"{path} is there already: choose another file, or give --overwrite to replace it.")


def _configs_with_headings() -> list[str]:
    from keras_rnn_zoo.training.catalogue import configs_folder, header, list_configs

    names = list_configs()
    headings = [header(configs_folder() / f"{name}.yaml").partition("\n")[0] for name in names]
    return [f"{name:<{max(map(len, names))}}  {heading}" for name, heading in zip(names, headings)]


if __name__ == "__main__":
    main()
