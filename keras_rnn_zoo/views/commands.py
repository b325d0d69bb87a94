"""The commands below `keras-rnn-zoo plot`."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.backend import import_keras
from keras_rnn_zoo.training.config import read
from keras_rnn_zoo.views.picture_file import check_picture_file

app = typer.Typer(
    no_args_is_help=True,
    help="Draw models, what finished runs look at, write and send back, and the equations behind them.",
)
console = Console(highlight=False)

RunArgument = Annotated[
    str, typer.Argument(help="A finished run: its folder, or its name below runs/ or saved_models/.")
]
OutputOption = Annotated[Path, typer.Option(help="The picture's file, .png.")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]


@app.callback()
def plot():
    """Draw models, what finished runs look at, write and send back, and the equations behind them."""


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
    trained = _opened_all(runs)
    command = shlex.join(["keras-rnn-zoo", "plot", "by-length", *runs, "--output", str(output)])
    import_keras()
    from keras_rnn_zoo.views.by_length import draw_by_length

    record = draw_by_length(trained, output, command)
    for name, points in record["runs"].items():
        _print([f"{name}: " + ", ".join(f"{p['words']} words {p['bleu']:.1f} (n={p['examples']:,})" for p in points)])
    _print([f"saved: {output} and {output.with_suffix('.json')}"])


@app.command("error-surface")
def error_surface(
    output: Annotated[Path, typer.Option(help="The picture's file, .png; the descents go into a .csv beside it.")],
    start: Annotated[tuple[float, float], typer.Option(help="Where the descents begin: w and b.")] = (5.2, -2.2),
    learning_rate: Annotated[float, typer.Option(help="Of both descents.")] = 0.05,
    clip_norm: Annotated[float, typer.Option(help="The norm that the one descent's gradients are clipped to.")] = 0.5,
    updates: Annotated[int, typer.Option(help="Of each descent.", min=1)] = 150,
    overwrite: OverwriteOption = False,
):
    """Draw an error surface with a cliff, and gradient descent on it with and without clipping (Pascanu 2013, fig. 6)."""
    _check_picture_and_csv(output, overwrite)
    from keras_rnn_zoo.views.error_surface import draw_error_surface

    options = ["--start", *start, "--learning-rate", learning_rate, "--clip-norm", clip_norm, "--updates", updates]
    command = _command("error-surface", output, options)
    for name, descent in draw_error_surface(output, command, start, learning_rate, clip_norm, updates).items():
        w, b = descent.points[-1]
        _print([f"{name}: w={w:.4g}, b={b:.4g}, error {descent.errors[-1]:.3g} after {updates} updates"])
    _print([f"saved: {output} and {output.with_suffix('.csv')}"])


@app.command()
def bptt(
    output: Annotated[Path, typer.Option(help="The picture's file, .png; the norms go into a .csv beside it.")],
    spectral_radius: Annotated[
        list[float], typer.Option(help="Of the recurrent kernel, a column of the picture. Repeatable.")
    ] = [0.5, 1.0, 1.5],
    steps: Annotated[int, typer.Option(help="Of the sequence.", min=2, max=500)] = 30,
    units: Annotated[int, typer.Option(help="Of the hidden layer.", min=1, max=200)] = 20,
    seed: Annotated[int, typer.Option(help="Of the weights and the sequence.", min=0)] = 0,
    overwrite: OverwriteOption = False,
):
    """Draw the terms of back-propagation through time: what vanishes, keeps and explodes in a small network."""
    _check_picture_and_csv(output, overwrite)
    from keras_rnn_zoo.views.bptt import draw_bptt

    radii = [word for radius in spectral_radius for word in ("--spectral-radius", radius)]
    command = _command("bptt", output, [*radii, "--steps", steps, "--units", units, "--seed", seed])
    for norms in draw_bptt(output, command, spectral_radius, steps, units, seed):
        last = norms.by_loss[:, -1]
        _print([f"{norms.title}: of the last loss, {last[-1]:.3g} at step {steps}, {last[0]:.3g} at step 1"])
    _print([f"saved: {output} and {output.with_suffix('.csv')}"])


def _check_picture_and_csv(output: Path, overwrite: bool):
    check_picture_file(output, overwrite)
    check_picture_file(output.with_suffix(".csv"), overwrite, kinds=(".csv",))


def _command(name: str, output: Path, options: list) -> str:
    return shlex.join(["keras-rnn-zoo", "plot", name, "--output", str(output), *map(str, options)])


@app.command()
def unfold(
    model: Annotated[
        str, typer.Argument(help="A configuration's name or YAML file, a finished run, or a .keras file.")
    ],
    output: Annotated[Path, typer.Option(help="The picture's file, .png or .svg.")],
    overwrite: OverwriteOption = False,
):
    """Draw a model's computational graph, folded and unfolded in time."""
    check_picture_file(output, overwrite, kinds=(".png", ".svg"))
    from keras_rnn_zoo.training.named_model import find_model

    open_model = find_model(model)
    import_keras()
    from keras_rnn_zoo.views.unfold import draw_unfolded

    opened, _ = open_model()
    _print([f"saved: {draw_unfolded(opened, output)}"])


@app.command("gradient-flow")
def gradient_flow(
    runs: Annotated[list[str], typer.Argument(help="Finished runs of models with recurrent layers.")],
    output: OutputOption,
    set_: Annotated[
        list[str], typer.Option("--set", help="Another probe, for instance dataset.options.length=200. Repeatable.")
    ] = [],
    overwrite: OverwriteOption = False,
):
    """Draw how long the loss's errors are at each time step, before training and after it."""
    check_picture_file(output, overwrite)
    trained = [_with_dataset(run, set_) for run in _opened_all(runs)]
    import_keras()
    from keras_rnn_zoo.views.gradient_flow import draw_gradient_flow

    for name, layers in draw_gradient_flow(trained, output).items():
        for layer, (untrained, after) in layers.items():
            _print([f"{name}: {layer}: untrained {_ends(untrained)}; trained {_ends(after)}"])
    _print([f"saved: {output}"])


def _ends(norms) -> str:
    """The error's norm at the first and at the last step, padding apart."""
    steps = [(t, norm) for t, norm in enumerate(norms) if norm == norm]
    return ", ".join(f"{norm:.2g} at t={t}" for t, norm in (steps[0], steps[-1]))


def _with_dataset(run, changes: list[str]):
    """The run with other data to look at."""
    for change in changes:
        if not change.strip().startswith("dataset.options."):
            raise ZooError(f"--set changes the probe, dataset.options.NAME=VALUE; received {change!r}.")
    return replace(run, config=read(run.folder / "config.yaml", changes)) if changes else run


def _opened(run: str):
    """The run, and its dataset known to exist."""
    from keras_rnn_zoo.training.data import check_dataset
    from keras_rnn_zoo.training.trained import open_run

    trained = open_run(run)
    check_dataset(trained.config)
    return trained


def _opened_all(runs: list[str]) -> list:
    """The runs, each with a folder's name of its own."""
    trained = [_opened(run) for run in runs]
    names = [run.folder.name for run in trained]
    if len(set(names)) < len(names):
        raise ZooError(f"Each run's folder must have a name of its own, received {', '.join(names)}.")
    return trained


def _print(lines: list[str]):
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
