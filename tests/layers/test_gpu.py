"""Fused and plain kernels answer alike, masks included. Only a GPU has fused ones."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo


@pytest.mark.gpu
@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("padded", [False, True])
def test_fused_equals_plain(cell, bidirectional, padded):
    x = np.random.default_rng(0).normal(size=(4, 12, 3)).astype("float32")
    if padded:
        x[1, 7:] = 0.0
    options = {"cell": cell, "bidirectional": bidirectional}
    fused = zoo.build_many_to_many_aligned((None, 3), 5, (8, 8), **options)
    plain = zoo.build_many_to_many_aligned((None, 3), 5, (8, 8), cell_options={"use_cudnn": False}, **options)
    plain.set_weights(fused.get_weights())
    answers = [keras.ops.convert_to_numpy(model(x)) for model in (fused, plain)]
    np.testing.assert_allclose(*answers, atol=2e-3)
