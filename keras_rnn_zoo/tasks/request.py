"""What the command `generate` was asked for, checked against the model before Keras is imported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.files import is_npy, read_npy
from keras_rnn_zoo.tasks.description import Description

_FLAGS = {"max_length": "--length"}
_INPUT_OF = {"picture": ("image",), "recording": ("audio",), "video": ("video",), "text": ("text", "file"), "array": ()}
_FILES = ("image", "audio", "video")
_OPTION_FOR = dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"), "--image") | {".wav": "--audio"}
_OF_CHANCE, _OF_A_BEAM = ("top_k", "top_p"), ("n_best", "length_penalty")


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        inputs: by the option's name, `None` where it was not given. decoding: likewise, keywords of a task that writes.
    """

    inputs: dict
    decoding: dict

    @property
    def given(self):
        """The one input, as a task takes it; `None` where none was given."""
        name, value = next(((name, value) for name, value in self.inputs.items() if value is not None), ("", None))
        return read_npy(value) if name in _FILES and is_npy(value) else value

    @property
    def options(self) -> dict:
        """What was said of decoding."""
        return {name: value for name, value in self.decoding.items() if value is not None}

    def without_lines(self, description: Description) -> Request:
        """The same where nothing came from a file or the standard input: a language model begins by itself."""
        if description.kind.name == "LanguageModel" and self.inputs["file"] is None:
            return replace(self, inputs={**self.inputs, "text": description.vocabularies["inputs"].opening})
        where = f"{self.inputs['file']} holds no line" if self.inputs["file"] else "there is none"
        raise ZooError(f"This model answers a text, and {where}: give one with --text, or several with --file.")


def check(request: Request, description: Description):
    """Raises a `ZooError` if the model reads another input, or an option means nothing to it or goes with no other."""
    _check_input(request, description.kind.reads)
    if not description.kind.writes and request.options:
        raise ZooError(f"{description.folder} does not write, it chooses: {_flags(request.options)} must be left out.")
    if description.kind.writes:
        _check_together(request.options, description)
    text = request.inputs["text"]
    if text is not None and not text.strip() and (text == "" or description.kind.name != "LanguageModel"):
        raise ZooError("--text is empty: give at least one symbol.")


def file_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text file, without their ends."""
    suffix = path.suffix.lower()
    if suffix in _OPTION_FOR or suffix == ".npy":
        raise ZooError(
            f"--file reads text, a line at a time, received {path}: give it with {_OPTION_FOR.get(suffix, '--image or --audio')}."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ZooError(f"{path} should be UTF-8 text, received {error.reason} at byte {error.start}.") from error
    except OSError as error:
        raise ZooError(f"Cannot read {path}: {error.strerror}.") from error
    return text.removesuffix("\n").split("\n")


def typed_lines(stream) -> list[str]:
    """The lines of the standard input, without their ends."""
    try:
        return [line.rstrip("\r\n") for line in stream]
    except UnicodeDecodeError as error:
        raise ZooError(
            f"The standard input should be {error.encoding} text, received {error.reason} at byte {error.start}."
        ) from error


def _check_input(request: Request, reads: str):
    given = [name for name, value in request.inputs.items() if value is not None]
    if len(given) > 1:
        raise ZooError(f"One input at a time: give --{given[0]} or --{given[1]}, not both.")
    expected = " or ".join(f"--{name}" for name in _INPUT_OF[reads])
    if reads == "array":
        raise ZooError("This model reads arrays, not text: call it from Python, zoo.load_task(RUN)(array).")
    if (given and given[0] not in _INPUT_OF[reads]) or (not given and reads != "text"):
        received = f"--{given[0]}" if given else "no input"
        raise ZooError(f"This model reads a {reads}: give it with {expected}, received {received}.")
    for name in (*_FILES, "file"):
        path = request.inputs[name]
        if path is not None and not path.parts:
            raise ZooError(f"--{name} is empty: name a file or a folder, the current one by its full path.")
        if path is not None and not path.is_file() and not (name == "video" and path.is_dir()):
            raise ZooError(f"--{name} must be a file, received {path}: there is none.")
    if request.inputs["file"]:
        file_lines(request.inputs["file"])


def _check_together(options: dict, description: Description):
    beam = options.get("beam_size", 1 if options.get("temperature") else description.decoding.get("beam_size", 1))
    usual = description.decoding.get("temperature", float(description.kind.name == "LanguageModel"))
    drawn = options.get("temperature", usual if beam == 1 else 0)
    chance, of_a_beam = ([name for name in names if name in options] for names in (_OF_CHANCE, _OF_A_BEAM))
    if beam > 1 and options.get("temperature"):
        raise ZooError("A beam search draws nothing by chance: give --beam-size or --temperature, not both.")
    if chance and not drawn:
        raise ZooError(f"{_flags(chance)} draws by chance: give --temperature above 0 as well.")
    if ("n_best" in options and options["n_best"] > beam) or (beam == 1 and options.get("length_penalty")):
        raise ZooError(f"{_flags(of_a_beam)} goes with a beam search: give --beam-size of at least that, and above 1.")
    if description.about["objective"] == "ctc":
        refused = [name for name in options if name not in ("max_length", "beam_size", "n_best")]
        if refused:
            raise ZooError(f"A CTC model is read off, not written step by step: {_flags(refused)} must be left out.")


def _flags(names) -> str:
    return ", ".join(_FLAGS.get(name, f"--{name.replace('_', '-')}") for name in names)
