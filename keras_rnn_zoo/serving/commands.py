"""The commands `keras-rnn-zoo export` and `serve-check`: a trained model for TensorFlow Serving, and behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from keras_rnn_zoo.tasks.description import open_description
from keras_rnn_zoo.tasks.kinds import kind_of
from keras_rnn_zoo.training.backend import import_keras

_console = Console(highlight=False)


def export(
    run: Annotated[
        str,
        typer.Argument(help="A preset, a finished run or a saved task: its folder or its name, see `list presets`."),
    ],
    base: Annotated[Path, typer.Argument(help="The folder of the served model's versions.")],
    version: Annotated[
        int | None, typer.Option(help="A whole number; by default the next free one. None is ever replaced.", min=1)
    ] = None,
    format: Annotated[
        Literal["tf_saved_model", "onnx", "litert"], typer.Option(help="onnx and litert are the numbers alone.")
    ] = "tf_saved_model",
    length: Annotated[int | None, typer.Option(help="Of litert: how many steps its one row has.", min=1)] = None,
    xla: Annotated[
        bool, typer.Option("--xla", help="Compile: faster, after seconds for each new size of input.")
    ] = False,
    int8: Annotated[
        bool, typer.Option("--int8", help="Embeddings and dense layers in 8 bits; prints the metrics.")
    ] = False,
):
    """Write a trained model as a SavedModel that reads raw inputs and answers, checked in a process without Keras."""
    description = open_description(run)
    kind_of(description.about)  # A model that no task is for ends here, before TensorFlow is waited for.
    import_keras()
    from keras_rnn_zoo.pretrained.golden import golden_inputs
    from keras_rnn_zoo.serving.exporting import check_options
    from keras_rnn_zoo.serving.exporting import export as export_task
    from keras_rnn_zoo.serving.int8 import in_8_bits
    from keras_rnn_zoo.serving.report import files_in, report
    from keras_rnn_zoo.tasks.loading import task_of

    check_options(format, length, xla or int8)
    with _console.status("exporting, and asking what was written"):
        task, examples = task_of(description), golden_inputs(description.folder)
        if int8:
            task = in_8_bits(task, description.folder, examples, _console.print)
        folder = export_task(task, base, version, examples=examples, format=format, length=length, xla=xla)
    for line in report(folder, examples) if format == "tf_saved_model" else files_in(folder):
        _console.print(line, markup=False, soft_wrap=True)


def serve_check(
    url: Annotated[str, typer.Argument(help="The served model, as http://localhost:8501/v1/models/translate.")],
    run: Annotated[
        str, typer.Argument(help="The preset, finished run or saved task that was exported: its folder or its name.")
    ],
    rows: Annotated[int, typer.Option(help="How many inputs are sent in each request.", min=1)] = 4,
    seconds: Annotated[float, typer.Option(help="How long to wait for each answer.", min=0.1)] = 60,
):
    """Send real inputs to a running TensorFlow Serving, and compare its answers with the model's own."""
    from keras_rnn_zoo.serving.rest import ServedModel

    description = open_description(run)
    kind_of(description.about)
    served = ServedModel(url, seconds)
    import_keras()
    from keras_rnn_zoo.pretrained.golden import golden_inputs
    from keras_rnn_zoo.serving.serve_check import serve_check as check
    from keras_rnn_zoo.tasks.loading import task_of

    examples = golden_inputs(description.folder)
    wrong = 0
    for name, found in check(served, task_of(description), examples and examples[:rows]):
        _console.print(f"{name}: {found or 'equal'}", markup=False, soft_wrap=True)
        wrong += found is not None
    if wrong:
        raise typer.Exit(2)
