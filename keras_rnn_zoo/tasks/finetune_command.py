"""The command `keras-rnn-zoo finetune`: train a preset further on a file of one's own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from keras_rnn_zoo.tasks import fine_tune


class Symbols(StrEnum):
    """What becomes of symbols that the preset does not know."""

    extend = "extend"
    keep = "keep"


def finetune(
    preset: Annotated[
        str,
        typer.Argument(help="A preset's name (see `list presets`), or the folder of one, of a run or of a saved task."),
    ],
    data: Annotated[
        Path,
        typer.Option(
            help="Your file: .csv or .tsv (text,label or source,target), .txt, .conllu; or a folder with a folder a class."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="The folder to make; by default runs/finetuned/ and the names of preset and file."),
    ] = None,
    vocabulary: Annotated[
        Symbols, typer.Option(help="Add the symbols of your text that the preset does not know, or keep to its own.")
    ] = Symbols.extend,
    set_: Annotated[
        list[str],
        typer.Option("--set", help="Change a key, for instance training.epochs=20 or dataset.options.text=review."),
    ] = [],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a finished run once this one is done.")
    ] = False,
):
    """Train a preset further on your own file: labelled text, pairs, a plain text, tagged sentences or recordings."""
    fine_tune.finetune(preset, data, output, vocabulary=vocabulary.value, overrides=set_, overwrite=overwrite)
