"""The kernel that is named is the one that runs: told from the operations of the traced graph and from what is called."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo import cells
from keras_rnn_zoo.explanation import kernel as kernels
from keras_rnn_zoo.explanation.kernel import (
    CUDNN,
    KERAS_LOOP,
    LOOP_OF_PRODUCTS,
    OF_WAY,
    WITH_OMEGA,
    kernel_of,
)
from keras_rnn_zoo.layers import GRU, LSTM, NormPreservingRNN, Recurrent, through_time
from keras_rnn_zoo.layers.through_time import ThroughTime
from tests.explanation.devices import pretended_gpu as pretended_gpu

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
tensorflow_only = pytest.mark.skipif(not ON_TENSORFLOW, reason="it looks at TensorFlow's graph")
jax_only = pytest.mark.skipif(keras.backend.backend() != "jax", reason="it looks at JAX's program")
X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
MASK = np.array([[True] * 5, [True] * 3 + [False] * 2])

LAYERS = {
    "lstm": lambda: keras.layers.LSTM(4),
    "gru": lambda: keras.layers.GRU(4, dropout=0.2),
    "weight_drop_lstm": lambda: LSTM(4, weight_drop=0.1),
    "weight_drop_gru": lambda: GRU(4),
    "no_cudnn": lambda: keras.layers.LSTM(4, use_cudnn=False),
    "recurrent_dropout": lambda: keras.layers.GRU(4, recurrent_dropout=0.2),
    "relu": lambda: keras.layers.LSTM(4, activation="relu"),
    "hard_gates": lambda: keras.layers.GRU(4, recurrent_activation="hard_sigmoid"),
    "no_bias": lambda: keras.layers.LSTM(4, use_bias=False),
    "unrolled": lambda: keras.layers.GRU(4, unroll=True),
    "reset_before": lambda: keras.layers.GRU(4, reset_after=False),
    "ops_tanh": lambda: keras.layers.LSTM(4, activation=keras.ops.tanh),
    "keras_simple_rnn": lambda: keras.layers.SimpleRNN(4),
    "rnn_of_lstm_cell": lambda: keras.layers.RNN(keras.layers.LSTMCell(4)),
    "rnn_of_zoo_cell": lambda: keras.layers.RNN(cells.SimpleRNNCell(4)),
    "stacked_cells": lambda: keras.layers.RNN([keras.layers.GRUCell(4), keras.layers.GRUCell(4)]),
    "simple_rnn": lambda: Recurrent(cells.SimpleRNNCell(4)),
    "deep_transition": lambda: Recurrent(cells.DeepTransitionRNNCell(4, shortcut=True)),
    "asked": lambda: Recurrent(cells.SimpleRNNCell(4), way="own_backward"),
    "asked_for_the_loop": lambda: GRU(4, way="loop"),
    "zoo_lstm_of_relu": lambda: LSTM(4, activation="relu"),
    "zoo_gru_drops_states": lambda: GRU(4, recurrent_dropout=0.1),
    "zoneout": lambda: Recurrent(cells.SimpleRNNCell(4), zoneout=0.1),
    "drops_states": lambda: Recurrent(cells.SimpleRNNCell(4, recurrent_dropout=0.1)),
    "two_dtypes": lambda: Recurrent(cells.SimpleRNNCell(4, dtype="float64")),
    "min_gru": lambda: Recurrent(cells.MinGRUCell(4)),
    "min_lstm_scans": lambda: Recurrent(cells.MinLSTMCell(4), way="scan"),
    "peephole": lambda: Recurrent(cells.PeepholeLSTMCell(4)),
    "peephole_compiled": lambda: Recurrent(cells.PeepholeLSTMCell(4), way="compiled"),
    "own_lstm_cell": lambda: Recurrent(keras.layers.LSTMCell(4)),
    "omega": lambda: NormPreservingRNN(cells.SimpleRNNCell(4)),
    "omega_of_any": lambda: NormPreservingRNN(cells.PeepholeLSTMCell(4)),
    "omega_off": lambda: NormPreservingRNN(cells.SimpleRNNCell(4), omega_weight=0.0),
}


def operations(layer, training, mask):
    """The names of the operations of a call's graph, its functions' bodies included, with gradients in training."""
    import tensorflow as tf

    layer.build(X.shape)

    @tf.function
    def call(x):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.cast(layer(x, mask=mask, training=training), "float32"))
        return tape.gradient(y, layer.trainable_variables) if training else y

    graph = call.get_concrete_function(tf.TensorSpec(X.shape)).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return [node.op for node in nodes]


@pytest.fixture
def called(monkeypatch):
    """Which of the zoo's own ways were taken."""
    names = []

    def listen(owner, name, tell):
        original = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, **o: (names.append(tell(o)), original(*a, **o))[1])

    for way, run in through_time.RUNS.items():
        monkeypatch.setitem(
            through_time.RUNS, way, lambda *a, run=run, way=way: (names.append(OF_WAY[way]), run(*a))[1]
        )
    listen(NormPreservingRNN, "_with_omega", lambda o: WITH_OMEGA)
    for layer in (ThroughTime, Recurrent):
        listen(layer, "keras_loop", lambda o: KERAS_LOOP)
    return names


def ran(layer, training, mask, called) -> str:
    """Which kernel a call is traced with."""
    found = operations(layer, training, mask)
    if "CudnnRNNV3" in found:
        return CUDNN
    name = WITH_OMEGA if WITH_OMEGA in called else called[-1] if called else KERAS_LOOP  # Omega's goes one of the ways.
    differentiates_loop = "TensorListPushBack" in found  # What autodiff needs of each step is kept on a stack.
    unrolls = "While" not in found and "StatelessWhile" not in found
    assert differentiates_loop == (training and name == KERAS_LOOP and not unrolls)
    return name


def said(layer, training, mask, gpu) -> str:
    return kernel_of(layer, training, mask is not None, gpu).name


@tensorflow_only
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_here(name, training, masked, called):
    layer, mask = LAYERS[name](), MASK if masked else None
    layer.build(X.shape)
    assert said(layer, training, mask, gpu=False) == ran(layer, training, mask, called)


@tensorflow_only
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_on_a_gpu(name, training, called, pretended_gpu):
    layer = LAYERS[name]()
    assert said(layer, training, MASK, gpu=True) == ran(layer, training, MASK, called)


@tensorflow_only
def test_both_are_told_apart(called, pretended_gpu):
    """The kernels above are not all the same one."""
    named = {said(layer(), True, None, gpu) for layer in LAYERS.values() for gpu in (False, True)}
    assert named == {CUDNN, WITH_OMEGA, *OF_WAY.values()}


@jax_only
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_on_jax(name, masked, called):
    import jax

    layer, mask = LAYERS[name](), MASK if masked else None
    layer.build(X.shape)
    call = jax.make_jaxpr(lambda x: layer.stateless_call(*variables(layer), x, mask=mask, training=False)[0])
    program = call(X).jaxpr
    kernel = said(layer, False, mask, gpu=False)
    if isinstance(layer, Recurrent):
        assert kernel == called[-1]
        return
    loops = [step.params["jaxpr"].jaxpr for step in program.eqns if step.primitive.name == "scan"]
    products_a_step = [str(loop).count("dot_general") for loop in loops]
    assert kernel == (LOOP_OF_PRODUCTS if products_a_step == [1] else KERAS_LOOP)  # Keras's projects each input anew.


def variables(layer):
    return [v.value for v in layer.trainable_variables], [v.value for v in layer.non_trainable_variables]


@jax_only
def test_cudnn_on_jax_needs_an_lstm_without_a_mask(pretended_gpu, monkeypatch):
    from jax.experimental import rnn

    calls = []

    def fused(*arguments, **options):
        calls.append(options)
        raise RuntimeError("there is no GPU")  # Keras then takes its own loop.

    monkeypatch.setattr(rnn, "lstm", fused)
    for layer, mask in ((keras.layers.LSTM(4), None), (keras.layers.LSTM(4), MASK), (keras.layers.GRU(4), None)):
        calls.clear()
        layer(X, mask=mask)
        assert (said(layer, False, mask, gpu=True) == CUDNN) == bool(calls)


def test_a_loop_of_its_own():
    class Odd(keras.layers.LSTM):
        def inner_loop(self, sequences, initial_state, mask, training=False):
            return super().inner_loop(sequences, initial_state, mask, training)

    told = kernel_of(Odd(4), True, False, True)
    assert told.name == kernels.OWN_LOOP and "Odd" in told.why


@pytest.mark.parametrize("name", LAYERS)
def test_a_slower_kernel_has_a_reason(name):
    layer = LAYERS[name]()
    for training in (False, True):
        told = kernel_of(layer, training, False, gpu=True)
        assert told.why or told.name not in (KERAS_LOOP, LOOP_OF_PRODUCTS)
