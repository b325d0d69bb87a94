"""The commands below `keras-rnn-zoo plot`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.views.picture_file import check_picture_file

app = typer.Typer(no_args_is_help=True, help="Draw what finished runs look at, write and score.")
console = Console(highlight=False)

RunArgument = Annotated[
    str, typer.Argument(help="A finished run: its folder, or its name below runs/ or saved_models/.")
]
OutputOption = Annotated[Path, typer.Option(help="The picture's file, .png.")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]


@app.callback()
def plot():
    """Draw what finished runs look at, write and score."""


@app.command()
def attention(
    run: RunArgument,
    output: OutputOption,
    text: Annotated[
        list[str], typer.Option(help="A text for a translator to read. Repeatable; by default four of the test split.")
    ] = [],
    overwrite: OverwriteOption = False,
):
    """Draw where a model with attention looks at each symbol it writes."""
    check_picture_file(output, overwrite)
    trained = _opened(run)
    import_keras()
    from keras_rnn_zoo.views.attention import draw_attention

    _print([*draw_attention(trained, text, output), f"saved: {output}"])


@app.command()
def captions(
    run: RunArgument,
    output: OutputOption,
    count: Annotated[int, typer.Option(help="How many pictures.", min=1)] = 12,
    overwrite: OverwriteOption = False,
):
    """Draw pictures of the test split with what a captioner writes about them."""
    check_picture_file(output, overwrite)
    trained = _opened(run)
    import_keras()
    from keras_rnn_zoo.views.captions import draw_captions

    _print([*draw_captions(trained, output, count), f"saved: {output}"])


@app.command("by-length")
def by_length(
    runs: Annotated[list[str], typer.Argument(help="Finished runs of translators on the same data.")],
    output: Annotated[Path, typer.Option(help="The picture's file, .png; the numbers go into a .json beside it.")],
    overwrite: OverwriteOption = False,
):
    """Draw the BLEU of translators on short and on long sentences of the test split."""
    check_picture_file(output, overwrite)
    check_picture_file(output.with_suffix(".json"), overwrite, kinds=(".json",))
    trained = [_opened(run) for run in runs]
    names = [run.folder.name for run in trained]
    if len(set(names)) < len(names):
        raise ZooError(f"Each run's folder must have a name of its own, received {', '.join(names)}.")
    command = shlex.join(["keras-rnn-zoo", "plot", "by-length", *runs, "--output", str(output)])
    import_keras()
    from keras_rnn_zoo.views.by_length import draw_by_length

    record = draw_by_length(trained, output, command)
    for name, points in record["runs"].items():
        _print([f"{name}: " + ", ".join(f"{p['words']} words {p['bleu']:.1f} (n={p['examples']:,})" for p in points)])
    _print([f"saved: {output} and {output.with_suffix('.json')}"])


def _opened(run: str):
    """The run, and its dataset known to exist."""
    from keras_rnn_zoo.datasets.catalogue import check
    from keras_rnn_zoo.training.trained import open_run

    trained = open_run(run)
    check(trained.config.dataset.name, trained.config.dataset.options)
    return trained


def _print(lines: list[str]):
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
