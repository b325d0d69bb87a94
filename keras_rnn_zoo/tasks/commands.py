"""The command `keras-rnn-zoo generate`: let a trained model answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from keras_rnn_zoo.tasks.answer_lines import AnswerLines
from keras_rnn_zoo.tasks.description import open_description
from keras_rnn_zoo.tasks.request import Request, check, file_lines, typed_lines
from keras_rnn_zoo.training.backend import import_keras


def generate(
    run: Annotated[
        str,
        typer.Argument(help="A finished run or a saved task: its folder, or its name below runs/ or saved_models/."),
    ],
    text: Annotated[str | None, typer.Option(help="A prompt to go on with, or a text to answer.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A text file, UTF-8: each line is answered by a line; its line breaks become \\n."),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(help="A picture to write about or to classify; or .npy, the array that the model reads."),
    ] = None,
    audio: Annotated[
        Path | None,
        typer.Option(help="A recording (.wav) to write down or to classify; or .npy, its log-mel energies."),
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option(help="A video to label frame by frame: a .gif, a folder of pictures, or .npy, its frames."),
    ] = None,
    length: Annotated[int | None, typer.Option(help="How many symbols to write at most.", min=1)] = None,
    temperature: Annotated[
        float | None,
        typer.Option(
            help="0: the most probable symbol; above: drawn by chance. By default as the model's configuration says; 0.7 for language models.",
            min=0.0,
        ),
    ] = None,
    top_k: Annotated[int | None, typer.Option(help="Draw from so many most probable symbols only.", min=1)] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Draw from the most probable symbols of this joint probability.", min=0.0, max=1.0),
    ] = None,
    beam_size: Annotated[int | None, typer.Option(help="Hypotheses kept side by side.", min=1)] = None,
    n_best: Annotated[
        int | None,
        typer.Option(help="How many of them to print, the best first; with --file beside each other.", min=1),
    ] = None,
    length_penalty: Annotated[
        float | None, typer.Option(help="Alpha of Wu et al. 2016: 0 prefers short answers, 1 long ones.", min=0.0)
    ] = None,
    min_length: Annotated[int | None, typer.Option(help="Symbols before the end at least.", min=0)] = None,
    seed: Annotated[int | None, typer.Option(help="Of the draws; 0 unless given.", min=0)] = None,
    scores: Annotated[
        bool, typer.Option("--scores", help="Print before each answer its score or probability, and a tab.")
    ] = False,
):
    """Let a trained model go on with a text, or answer a text, a picture, a recording or a video.

    Without an input it asks for one line after the other, or answers the lines of its standard input.
    """
    description = open_description(run)
    request = Request(
        {"text": text, "file": file, "image": image, "audio": audio, "video": video},
        {
            "max_length": length,
            "temperature": temperature,
            "top_k": top_k,
            "top_p": top_p,
            "beam_size": beam_size,
            "n_best": n_best,
            "length_penalty": length_penalty,
            "min_length": min_length,
            "seed": seed,
        },
    )
    check(request, description)
    if file is not None or (request.given is None and not sys.stdin.isatty()):
        lines = file_lines(file) if file else typed_lines(sys.stdin)
        if any(line.strip() for line in lines):
            return _load(description, request, scores).answer_all(lines)
        request = request.without_lines(description)
    if request.given is None:
        return _load(description, request, scores).talk()
    _load(description, request, scores).answer(request.given)


def _load(description, request, scores) -> AnswerLines:
    import_keras()
    from keras_rnn_zoo.tasks.loading import task_of

    return AnswerLines(task_of(description), request.options, scores)
