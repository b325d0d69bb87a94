"""The same recurrence as a user of torch would train it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from keras import ops

from keras_rnn_zoo.pretrained.torch_weights import to_torch

_MODULES = {"simple_rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


def torch_step(cell: str, layer, inputs: np.ndarray, targets: np.ndarray, device: str = "cpu") -> Callable | None:
    """A training step in torch: forward, backward, and gradient descent at rate 0; it returns the squared error.

    Args:
        cell: `simple_rnn`, `gru` or `lstm`, which are layers of torch.nn, or `deep_transition`, a loop in Python.
        layer: the built layer of Keras that the weights are copied from.
        inputs, targets: the same at every call.
        device: `cpu` or `gpu`.

    Returns:
        `None` for any other cell, without torch, or where torch does not compute on `device`.
    """
    if cell not in (*_MODULES, "deep_transition") or not _runs_on(device):
        return None
    module = _built_in(cell, layer) if cell in _MODULES else _deep_transition(layer.cell.by_name)
    return _step(module, inputs, targets, "cuda" if device == "gpu" else "cpu")


def _runs_on(device):
    if find_spec("torch") is None:
        return False
    import torch

    return device == "cpu" or torch.cuda.is_available()


def _step(module, inputs, targets, place):
    import torch

    module = module.to(place)
    inputs, targets = torch.tensor(inputs, device=place), torch.tensor(targets, device=place)
    descent = torch.optim.SGD(module.parameters(), lr=0.0)

    def step():
        descent.zero_grad()
        outputs = module(inputs)
        loss = torch.nn.functional.mse_loss(outputs[0] if isinstance(outputs, tuple) else outputs, targets)
        loss.backward()
        descent.step()
        return loss.item()

    return step


def _built_in(cell, layer):
    import torch

    weights = {name: torch.tensor(array) for name, array in to_torch(layer).items()}
    units, features = weights["weight_hh_l0"].shape[1], weights["weight_ih_l0"].shape[1]
    module = getattr(torch.nn, _MODULES[cell])(features, units, batch_first=True)
    module.load_state_dict(weights)
    return module


def _deep_transition(weights):
    """DT(S)-RNN of one transition layer as wide as the state; inputs are projected in one product before the loop."""
    import torch

    class DeepTransition(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.reading = _linear(weights["kernel"], weights["bias"])
            self.recurring = _linear(weights["recurrent_kernel"])
            self.climbing = _linear(weights["transition_kernel_2"])

        def forward(self, inputs):
            h = inputs.new_zeros(len(inputs), self.climbing.out_features)
            states = []
            for projected in self.reading(inputs).unbind(1):
                below, above = (projected + self.recurring(h)).chunk(2, dim=1)
                h = torch.tanh(above + self.climbing(torch.tanh(below)))
                states.append(h)
            return torch.stack(states, dim=1)

    return DeepTransition()


def _linear(kernel, bias=None):
    import torch

    linear = torch.nn.Linear(*kernel.shape, bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(ops.convert_to_numpy(kernel).T))
        if bias is not None:
            linear.bias.copy_(torch.tensor(ops.convert_to_numpy(bias)))
    return linear
