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
from keras_rnn_zoo.serving.commands import export, serve_check
from keras_rnn_zoo.tasks.commands import generate
from keras_rnn_zoo.tasks.finetune_command import finetune
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.views import commands as views
from keras_rnn_zoo.views.picture_file import check_picture_file

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Recurrent models: list, describe, explain, train, finetune, evaluate, generate, export, plot, bench.",
)
app.add_typer(views.app, name="plot")
app.add_typer(bench.app, name="bench")
console = Console(highlight=False)
_INTERRUPTED = 130


class Kind(StrEnum):
    """What can be listed."""

    configs = "configs"
    builders = "builders"
    cells = "cells"
    datasets = "datasets"
    presets = "presets"
    runs = "runs"


ConfigArgument = Annotated[str, typer.Argument(help="A configuration's name (see `list`), or a YAML file of your own.")]
RunArgument = Annotated[
    str, typer.Argument(help="A finished run or a preset: its folder, or its name below runs/ or saved_models/.")
]
SetOption = Annotated[
    list[str], typer.Option("--set", help="Change a key, for instance training.epochs=3. Repeatable.")
]


@app.command("list")
def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.")] = Kind.configs,
    root: Annotated[list[Path], typer.Option(help="Where to look for finished runs. Repeatable.")] = [Path("runs")],
):
    """List the configurations, builders, cells, datasets or presets, or the finished runs with their results."""
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
        names = {Kind.builders: "list_builders", Kind.datasets: "list_datasets", Kind.presets: "list_presets"}
        lines = getattr(import_module("keras_rnn_zoo"), names[kind])()
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def describe(
    name: Annotated[str, typer.Argument(help="A configuration, builder, cell or dataset.")],
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw one step of a cell, or examples of a dataset, into this file, .png or .svg, not in the terminal."
        ),
    ] = None,
    set_: Annotated[
        list[str], typer.Option("--set", help="An option of a dataset, for instance length=20. Repeatable.")
    ] = [],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the picture if it is there.")] = False,
):
    """Tell what a configuration, a builder, a cell or a dataset is."""
    from keras_rnn_zoo.training.config import options_of

    _check_picture(picture, overwrite)
    options = options_of(set_)
    import_keras()
    from keras_rnn_zoo.cards import description

    if picture:
        text = description.describe_with_picture(name, picture, options)
    else:
        text = description.describe(name, console.encoding.startswith("utf"), options)
    console.print(text, markup=False, soft_wrap=True)


@app.command()
def explain(
    model: Annotated[
        str, typer.Argument(help="A configuration's name or YAML file, a finished run, or a .keras file.")
    ],
    set_: SetOption = [],
):
    """Tell which kernel runs each recurrent layer, why no faster one, and what is likely to go wrong."""
    from keras_rnn_zoo.training.named_model import find_model

    open_model = find_model(model, set_)
    import_keras()
    from keras_rnn_zoo.explanation import explain as findings_of
    from keras_rnn_zoo.explanation.report import print_findings

    print_findings(findings_of(*open_model()), console)


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
    from keras_rnn_zoo.training.data import check_dataset
    from keras_rnn_zoo.training.folder import RunFolder

    identity, path = find_config(config)
    settings = read(path, set_)
    settings = settings.quick() if quick else settings
    folder = output or Path("runs", "quick" if quick else "", identity)
    RunFolder(folder).check(overwrite or quick)
    check_dataset(settings)
    import_keras()
    from keras_rnn_zoo.training.runner import run

    console.print(f"{identity} -> {escape(str(folder))}", soft_wrap=True)
    run(settings, folder, identity=identity, overwrite=overwrite or quick, console=console)


@app.command()
def evaluate(
    run: RunArgument,
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "test",
    write: Annotated[
        bool, typer.Option("--write", help="Replace the run's metrics.json, samples.txt and curves.png.")
    ] = False,
):
    """Measure a trained model again, beside the trivial baseline."""
    from keras_rnn_zoo.training.data import check_dataset
    from keras_rnn_zoo.training.trained import open_run

    if split not in ("train", "validation", "test"):
        raise ZooError(f"--split must be train, validation or test, received {split!r}.")
    if write and split != "test":
        raise ZooError(f"--write measures all that a run's files hold: leave out --split {split}.")
    trained = open_run(run)
    check_dataset(trained.config)
    import_keras()
    if write:
        from keras_rnn_zoo.training.measure_again import measure_again

        return measure_again(trained, console)
    from keras_rnn_zoo.training.evaluate import baseline, evaluate
    from keras_rnn_zoo.training.results import beside_baseline

    dataset = trained.load_dataset()
    examples = getattr(dataset, split)
    training, decoding = trained.config.training, trained.config.decoding
    scores = evaluate(trained.load_model(), dataset, examples, training.batch_size, decoding)
    for line in beside_baseline(split, scores, baseline(dataset, examples)):
        console.print(line, markup=False)


app.command()(export)
app.command("serve-check")(serve_check)
app.command()(finetune)
app.command()(generate)


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
        print("interrupted: a training goes on where it stopped when the same command is given again", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except typer.TyperException as error:
        _fail(error.format_message())
    except (ZooError, OSError) as error:
        _fail(str(error))


def _fail(message: str):
    if message:  # There is none where the help was shown instead.
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


def _check_picture(path: Path | None, overwrite: bool):
    if path is None:
        if overwrite:
            raise ZooError("--overwrite replaces a picture: give its file with --picture.")
        return
    check_picture_file(path, overwrite, "--picture", (".png", ".svg"))


def _configs_with_headings() -> list[str]:
    from keras_rnn_zoo.training.catalogue import configs_folder, header, list_configs

    names = list_configs()
    headings = [header(configs_folder() / f"{name}.yaml").partition("\n")[0] for name in names]
    return [f"{name:<{max(map(len, names))}}  {heading}" for name, heading in zip(names, headings)]


if __name__ == "__main__":
    main()
