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
    cells: Annotated[list[str], typer.Option(help="A cell with a plain equation, gru or lstm. Repeatable.")] = [
        "simple_rnn",
        "deep_transition",
        "gru",
        "lstm",
        "peephole_lstm",
        "coupled_lstm",
    ],
    shape: Annotated[list[str], typer.Option(help="Batch,timesteps,features,units. Repeatable.")] = [
        "32,100,64,128",
        "64,200,128,256",
        "64,100,512,1024",
    ],
    rounds: Annotated[int, typer.Option(help="How often each is timed.", min=1)] = 5,
    masked: Annotated[bool, typer.Option("--masked", help="Time each on padded sequences with a mask too.")] = False,
    memory: Annotated[bool, typer.Option("--memory", help="Measure the peak memory of a training step too.")] = False,
    device: Annotated[
        str, typer.Option(help="cpu, or gpu: JAX on a GPU, with cuDNN's LSTM beside every cell.")
    ] = "cpu",
    output: Annotated[Path, typer.Option(help="Where NAME.json, .md and .png go.")] = Path("results/speed"),
    name: Annotated[
        str | None, typer.Option(help="The table's name; by default the backend's, with _gpu on a GPU.")
    ] = None,
):
    """Time each cell as the zoo runs it against stock Keras, torch.nn (where installed) and the products' limit."""
    from keras_rnn_zoo.bench.speed import SpeedBench

    for line in SpeedBench(cells, shape, rounds, masked, memory, device, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command("speed-memory", hidden=True)
def speed_memory(
    cell: Annotated[str, typer.Argument()],
    shape: Annotated[str, typer.Argument()],
    way: Annotated[str, typer.Argument()],
    masked: Annotated[bool, typer.Option("--masked")] = False,
):
    """Measure the memory of one training step; `speed --memory` calls this in a fresh process."""
    import json

    from keras_rnn_zoo.bench.speed_case import SpeedCase
    from keras_rnn_zoo.bench.speed_memory import train_and_measure
    from keras_rnn_zoo.training.backend import import_keras

    case = SpeedCase.read(cell, shape, masked)
    import_keras()
    console.print(json.dumps(train_and_measure(case, way)), markup=False, soft_wrap=True)


@app.command()
def training(
    config: Annotated[list[str] | None, typer.Argument(help="Configurations: names, or YAML files.")] = None,
    steps: Annotated[int, typer.Option(help="Batches of each round.", min=1)] = 50,
    rounds: Annotated[int, typer.Option(help="How often each way is timed.", min=1)] = 5,
    output: Annotated[Path, typer.Option(help="Where NAME.json, .md and .png go.")] = Path("results/speed"),
    name: Annotated[str, typer.Option(help="The table's name.")] = "training",
    set_: Annotated[list[str], typer.Option("--set", help="Change a key of every configuration. Repeatable.")] = [],
):
    """Time a whole run as `train` makes it, by default gru_tinyshakespeare, against stock Keras and plain tf.data."""
    from keras_rnn_zoo.bench.training import TrainingBench

    bench = TrainingBench(config or ["gru_tinyshakespeare"], steps, rounds, output, name, set_)
    for line in bench.run(console):
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


@app.command()
def serving(
    preset: Annotated[
        list[str], typer.Option(help="A preset that reads texts: a classifier, a tagger or a translator. Repeatable.")
    ] = ["lstm_uci_sentiment", "lstm_ud_tr_atis", "attention_gru_tatoeba_tr_en"],
    rounds: Annotated[int, typer.Option(help="How often each way is timed.", min=1)] = 9,
    quick: Annotated[bool, typer.Option("--quick", help="One round, to see that everything works.")] = False,
    output: Annotated[Path, typer.Option(help="Where NAME.json, .md and .png go.")] = Path("results/serving"),
    name: Annotated[str | None, typer.Option(help="The table's name; by default latency, or quick.")] = None,
):
    """Time one answer of an exported model against model.predict, from text to answer."""
    from keras_rnn_zoo.bench.serving import ServingBench

    name = name or ("quick" if quick else "latency")
    for line in ServingBench(preset, rounds, quick, output, name).run(console):
        console.print(line, markup=False, soft_wrap=True)


@app.command("fine-tuning")
def fine_tuning(
    transfer: Annotated[list[str], typer.Option(help="speaker or sentiment. Repeatable; by default both.")] = [
        "speaker",
        "sentiment",
    ],
    seed: Annotated[list[int], typer.Option(help="Repeatable; by default 1 to 5.", min=0, max=2**32 - 1)] = [
        1,
        2,
        3,
        4,
        5,
    ],
    split: Annotated[str, typer.Option(help="test, or validation to choose a recipe by.")] = "test",
    quick: Annotated[bool, typer.Option("--quick", help="A few updates, to see that everything works.")] = False,
    root: Annotated[Path, typer.Option(help="Where the models that are fine-tuned go.")] = Path(
        "runs/bench/fine_tuning"
    ),
    output: Annotated[Path, typer.Option(help="Where NAME.json, .md and .png go.")] = Path("results/fine_tuning"),
    name: Annotated[str | None, typer.Option(help="The table's name; by default fine_tuning, or quick.")] = None,
):
    """Train on a few labels after training on something else, and from scratch; figures in NAME.json are not taken again."""
    from keras_rnn_zoo.bench.fine_tuning import FineTuningBench

    name = name or ("quick" if quick else "fine_tuning")
    for line in FineTuningBench(transfer, seed, split, quick, root, output, name).run(console):
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
