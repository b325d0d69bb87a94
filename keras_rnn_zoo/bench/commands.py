"""The commands below `keras-rnn-zoo bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    no_args_is_help=True,
    help="Measure configurations over many runs, speed, or the papers' experiments, and write one table.",
)
console = Console(highlight=False)


@app.callback()
def bench():
    """Measure configurations over many runs, speed, or the papers' experiments, and write one table."""


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


@app.command()
def omega(
    cells: Annotated[list[str], typer.Option(help="simple_rnn, deep_transition, lstm or gru. Repeatable.")] = [
        "simple_rnn",
        "deep_transition",
        "lstm",
        "gru",
    ],
    shape: Annotated[list[str], typer.Option(help="Batch,timesteps,features,units. Repeatable.")] = [
        "20,200,6,50",
        "32,100,64,128",
    ],
    rounds: Annotated[int, typer.Option(help="How often each is timed.", min=1)] = 7,
    output: Annotated[Path, typer.Option(help="Where NAME.json and NAME.md go.")] = Path("results/speed"),
    name: Annotated[str | None, typer.Option(help="The table's name; by default the backend's.")] = None,
):
    """Time a training step with Omega against the same layer's without, and against Keras's own layer's."""
    from keras_rnn_zoo.bench.omega import OmegaBench

    for line in OmegaBench(cells, shape, rounds, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command("temporal-order")
def temporal_order(
    init: Annotated[list[str], typer.Option(help="sigmoid, basic_tanh or smart_tanh. Repeatable.")] = ["basic_tanh"],
    method: Annotated[list[str], typer.Option(help="sgd, sgd_c (clipped), sgd_cr (Omega too). Repeatable.")] = [
        "sgd",
        "sgd_c",
        "sgd_cr",
    ],
    length: Annotated[
        list[str], typer.Option(help="A length, or LOW:HIGH for one drawn from [LOW, HIGH) a batch. Repeatable.")
    ] = ["20", "50", "100", "150"],
    seed: Annotated[list[int], typer.Option(help="Repeatable.", min=0)] = [1],
    weight: Annotated[float, typer.Option(help="Omega's weight, for sgd_cr.", min=0)] = 4.0,
    stop_below: Annotated[
        float, typer.Option(help="End a run when at most this share of 10,000 sequences is wrong; -1: never.", min=-1)
    ] = 0.01,
    updates: Annotated[int, typer.Option(help="The budget of each run.", min=1)] = 100_000,
    test_length: Annotated[
        list[int], typer.Option(help="Test each best network on 10,000 sequences of this length. Repeatable.", min=10)
    ] = [],
    jobs: Annotated[int, typer.Option(help="How many runs are trained at once.", min=1)] = 1,
    root: Annotated[Path, typer.Option(help="Where the runs go.")] = Path("runs/bench/temporal_order"),
    output: Annotated[Path, typer.Option(help="Where NAME.json, .md, .csv and .png go.")] = Path(
        "results/temporal_order"
    ),
    name: Annotated[str, typer.Option(help="The table's name.")] = "temporal_order",
):
    """Train fig. 7 of Pascanu et al. 2013: starts, methods and lengths; ended runs are not trained again."""
    from keras_rnn_zoo.bench.temporal_order import TemporalOrderBench
    from keras_rnn_zoo.bench.temporal_order_run import Stop

    stop = Stop(updates, stop_below, tuple(test_length))
    for line in TemporalOrderBench(init, method, length, seed, weight, stop, jobs, root, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command("temporal-order-run", hidden=True)
def temporal_order_run(
    init: Annotated[str, typer.Argument()],
    method: Annotated[str, typer.Argument()],
    length: Annotated[str, typer.Argument()],
    seed: Annotated[int, typer.Argument(min=0)],
    weight: Annotated[float, typer.Option(min=0)] = 4.0,
    stop_below: Annotated[float, typer.Option(min=-1)] = 0.01,
    updates: Annotated[int, typer.Option(min=1)] = 100_000,
    test_length: Annotated[list[int], typer.Option(min=10)] = [],
    root: Annotated[Path, typer.Option()] = Path("runs/bench/temporal_order"),
):
    """Train one network of `temporal-order`, which calls this for each."""
    from keras_rnn_zoo.bench.temporal_order_run import Stop, TemporalOrderRun
    from keras_rnn_zoo.bench.temporal_order_setting import settings_of
    from keras_rnn_zoo.training.backend import import_keras

    (setting,) = settings_of([init], [method], [length], [seed], weight)
    import_keras()
    stop = Stop(updates, stop_below, tuple(test_length))
    TemporalOrderRun(setting, root).train(stop, lambda line: console.print(line, markup=False, soft_wrap=True))
