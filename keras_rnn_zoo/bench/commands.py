"""The commands below `keras-rnn-zoo bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    no_args_is_help=True,
    help="Measure configurations over many runs, the speed of cells or of decoding, and write one table.",
)
console = Console(highlight=False)


@app.callback()
def bench():
    """Measure configurations over many runs, the speed of cells or of decoding, and write one table."""


@app.command()
def quality(
    config: Annotated[list[str], typer.Argument(help="Configurations on the same data: names, or YAML files.")],
    seeds: Annotated[list[int], typer.Option(help="A seed to train each with. Repeatable.", min=0, max=2**32 - 1)],
    name: Annotated[str | None, typer.Option(help="The table's name; by default the dataset's.")] = None,
    root: Annotated[Path, typer.Option(help="Where the runs go.")] = Path("runs/bench/quality"),
    output: Annotated[Path, typer.Option(help="Where NAME.json, NAME.md and NAME.png go.")] = Path("results/quality"),
    jobs: Annotated[int, typer.Option(help="How many runs are trained at once.", min=1)] = 1,
    set_: Annotated[list[str], typer.Option("--set", help="Change a key of every configuration. Repeatable.")] = [],
):
    """Train each configuration with each seed and tabulate the spread; finished runs are not trained again."""
    from keras_rnn_zoo.bench.quality import QualityBench

    for line in QualityBench(config, seeds, name, root, output, jobs, set_).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def speed(
    cells: Annotated[list[str], typer.Option(help="A cell. Repeatable; by default all with a plain equation.")] = [],
    shape: Annotated[list[str], typer.Option(help="Batch,timesteps,features,units. Repeatable.")] = [
        "32,100,64,128",
        "64,200,128,256",
    ],
    rounds: Annotated[int, typer.Option(help="How often each is timed.", min=1)] = 7,
    output: Annotated[Path, typer.Option(help="Where NAME.json and NAME.md go.")] = Path("results/speed"),
    name: Annotated[str | None, typer.Option(help="The table's name; by default the backend's.")] = None,
):
    """Time each cell as the zoo runs it against its plain equation in keras.layers.RNN."""
    from keras_rnn_zoo.bench.speed import SpeedBench

    for line in SpeedBench(cells, shape, rounds, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def decoding(
    models: Annotated[list[str], typer.Option(help="A kind of model. Repeatable; by default all.")] = [],
    batch: Annotated[int, typer.Option(help="Sequences side by side.", min=1)] = 32,
    rounds: Annotated[int, typer.Option(help="How often each is timed.", min=1)] = 7,
    output: Annotated[Path, typer.Option(help="Where NAME.json and NAME.md go.")] = Path("results/speed"),
    name: Annotated[str, typer.Option(help="The table's name.")] = "decoding",
):
    """Time decoding in one graph against a Python loop that calls model.predict for every symbol."""
    from keras_rnn_zoo.bench.decoding import DecodingBench

    for line in DecodingBench(models, batch, rounds, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)
