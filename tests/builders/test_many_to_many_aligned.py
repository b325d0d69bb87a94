"""The network of Goodfellow et al. 2016, fig. 10.3, by its update equations 10.8-10.11 and its total loss 10.14."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo

RNG = np.random.default_rng(0)


def test_update_equations():
    model = zoo.build_many_to_many_aligned((None, 3), 5, 4, cell="simple_rnn")
    x = RNG.normal(size=(2, 6, 3)).astype("float32")
    U, W, b = model.get_layer("recurrence").get_weights()
    V, c = model.get_layer("output").get_weights()
    h, answers = np.zeros((2, 4)), []
    for t in range(6):
        a = b + h @ W + x[:, t] @ U
        h = np.tanh(a)
        o = c + h @ V
        answers.append(np.exp(o) / np.exp(o).sum(axis=1, keepdims=True))
    yhat = np.stack(answers, axis=1)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(x)), yhat, atol=1e-5)

    y = RNG.integers(0, 5, (2, 6))
    total = -np.log(np.take_along_axis(yhat, y[..., None], axis=-1)).sum(axis=1).mean()
    model.compile(loss="sparse_categorical_crossentropy")
    assert 6 * model.evaluate(x, y, verbose=0) == pytest.approx(total, rel=1e-5)


def test_no_answer_depends_on_what_comes_later():
    model = zoo.build_many_to_many_aligned((None, 3), 5, (4, 4), skip_connections="input")
    x = RNG.normal(size=(1, 6, 3)).astype("float32")
    later = x.copy()
    later[:, 4:] += 1.0
    one, other = (keras.ops.convert_to_numpy(model(value)) for value in (x, later))
    np.testing.assert_array_equal(one[:, :4], other[:, :4])
    assert not np.allclose(one[:, 4:], other[:, 4:])


def test_every_answer_depends_on_the_whole_input_when_bidirectional():
    model = zoo.build_many_to_many_aligned((None, 3), 5, 4, bidirectional=True)
    x = RNG.normal(size=(1, 6, 3)).astype("float32")
    last, first = x.copy(), x.copy()
    last[:, -1] += 1.0
    first[:, 0] += 1.0
    whole = keras.ops.convert_to_numpy(model(x))
    for changed in (last, first):
        assert (np.abs(keras.ops.convert_to_numpy(model(changed)) - whole).max(axis=-1) > 0).all()
