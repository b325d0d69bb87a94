"""What is said of the kernel of each recurrent layer."""

from __future__ import annotations

from keras_rnn_zoo.device import has_gpu
from keras_rnn_zoo.explanation.finding import Finding, note
from keras_rnn_zoo.explanation.kernel import Kernel, kernel_of
from keras_rnn_zoo.explanation.walk import layers_of, recurrent_layers_of
from keras_rnn_zoo.layers.attention_decoder import AttentionDecoder


def kernels(model, seen) -> list[Finding]:
    """A note on each recurrent layer: which kernel in training and at inference, on this machine and on a GPU, and why no
    faster one."""
    stepped = _stepped(model)
    return [
        note(path, "kernel", _text(path, layer, seen, stepped)) for path, layer in recurrent_layers_of(model).items()
    ]


def _stepped(model) -> dict[str, str]:
    """The paths of attentive decoders, with the name of each."""
    return {f"{path}/": layer.name for path, layer in layers_of(model).items() if isinstance(layer, AttentionDecoder)}


def _text(path, layer, seen, stepped) -> str:
    reading = seen.readings.get(path)
    if reading is None:
        decoder = next((name for place, name in stepped.items() if path.startswith(place)), None)
        if decoder:
            return f"{decoder}'s own loop, a step at a time: each step waits for what attention saw at the one before."
        return "It was not run when the model was called."
    masked = reading.mask is not None
    here, on_gpu = _on(layer, masked, has_gpu()), _on(layer, masked, True)
    if has_gpu():
        return here
    return f"{here} The same on a GPU." if here == on_gpu else f"{here} On a GPU: {on_gpu}"


def _on(layer, masked, gpu) -> str:
    trains, answers = (kernel_of(layer, training, masked, gpu) for training in (True, False))
    if trains == answers:
        return f"{_told(trains)}."
    return f"{_told(trains)} in training, {_told(answers)} at inference."


def _told(kernel: Kernel) -> str:
    return f"{kernel.name} ({kernel.why})" if kernel.why else kernel.name
