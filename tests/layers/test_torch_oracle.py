"""LSTM and GRU against torch.nn's: same weights, same outputs, same gradients."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from tests.gradients import loss_and_gradients

torch = pytest.importorskip("torch", reason="the oracle for LSTM and GRU")

BATCH, STEPS, FEATURES, UNITS, CLASSES = 4, 9, 3, 5, 6


def to_torch(cell, weights):
    """Keras's kernels are torch's transposed; its GRU orders the gates z, r, h, torch's r, z, n."""
    kernel, recurrent_kernel, bias, output_kernel, output_bias = map(np.copy, weights)
    recurrence = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](FEATURES, UNITS, batch_first=True)
    output = torch.nn.Linear(UNITS, CLASSES)
    input_bias, recurrent_bias = bias if cell == "gru" else (bias, np.zeros_like(bias))
    values = {
        recurrence.weight_ih_l0: gates(cell, kernel).T,
        recurrence.weight_hh_l0: gates(cell, recurrent_kernel).T,
        recurrence.bias_ih_l0: gates(cell, input_bias),
        recurrence.bias_hh_l0: gates(cell, recurrent_bias),
        output.weight: output_kernel.T,
        output.bias: output_bias,
    }
    with torch.no_grad():
        for parameter, value in values.items():
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return recurrence, output


def gates(cell, array):
    if cell == "lstm":
        return array
    z, r, h = np.split(array, 3, axis=-1)
    return np.concatenate([r, z, h], axis=-1)


def from_torch(cell, recurrence, output):
    bias = [gates(cell, parameter.grad.numpy()) for parameter in (recurrence.bias_ih_l0, recurrence.bias_hh_l0)]
    return [
        gates(cell, recurrence.weight_ih_l0.grad.numpy().T),
        gates(cell, recurrence.weight_hh_l0.grad.numpy().T),
        np.stack(bias) if cell == "gru" else bias[0],
        output.weight.grad.numpy().T,
        output.bias.grad.numpy(),
    ]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_outputs_and_gradients(cell):
    rng = np.random.default_rng(0)
    model = zoo.build_many_to_one((None, FEATURES), CLASSES, UNITS, cell=cell)
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    x = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    y = rng.integers(0, CLASSES, BATCH)
    recurrence, output = to_torch(cell, model.get_weights())
    logits = output(recurrence(torch.from_numpy(x))[0][:, -1])
    torch_loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y))
    torch_loss.backward()

    answer = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(answer, torch.softmax(logits, dim=-1).detach().numpy(), atol=1e-5)
    loss, gradients = loss_and_gradients(model, x, y, keras.losses.SparseCategoricalCrossentropy())
    assert loss == pytest.approx(torch_loss.item(), abs=1e-5)
    for ours, theirs in zip(gradients, from_torch(cell, recurrence, output), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
