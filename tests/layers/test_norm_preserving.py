"""Omega under plain `fit`: beside the layers it extends, in every precision, and in every builder."""

import warnings

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.cells import DeepTransitionRNNCell, MinGRUCell, SimpleRNNCell
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import NormPreservingRNN, Recurrent

TRAINS = pytest.mark.skipif(keras.backend.backend() == "torch", reason="trains on TensorFlow and JAX")
pytestmark = TRAINS
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(16, 12, 6)).astype("float32"), RNG.integers(4, size=16)


def classifier(layer):
    """Weights of the same shapes start the same."""
    model = keras.Sequential([keras.Input((None, 6)), layer, keras.layers.Dense(4, activation="softmax")])
    rng = np.random.default_rng(3)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(scale=0.4, size=variable.shape))
    return model


def trained(model, optimizer=None, epochs=2, **options):
    """The weights after a few updates."""
    optimizer = optimizer or keras.optimizers.SGD(0.1, global_clipnorm=1.0)
    model.compile(optimizer, "sparse_categorical_crossentropy", **options)
    model.fit(X, Y, epochs=epochs, batch_size=8, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("cell", [SimpleRNNCell, DeepTransitionRNNCell])
def test_weight_zero_is_the_layer_without_it(cell):
    """Bit for bit, also where a schedule says zero and Omega's pass runs."""
    plain = classifier(Recurrent(cell(7), way="own_backward"))
    never = classifier(NormPreservingRNN(cell(7), omega_weight=0.0, way="own_backward"))
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1000], [0.0, 1.0])
    now = classifier(NormPreservingRNN(cell(7), omega_weight=schedule))
    expected = trained(plain)
    for weight, other in zip(expected, trained(never), strict=True):
        np.testing.assert_array_equal(weight, other)
    trained(now)
    for weight, other in zip(expected, now.trainable_variables, strict=True):
        np.testing.assert_array_equal(weight, keras.ops.convert_to_numpy(other))


def test_weight_zero_is_keras_simple_rnn():
    plain = classifier(keras.layers.SimpleRNN(7))
    ours = classifier(NormPreservingRNN(SimpleRNNCell(7), omega_weight=0.0))
    for weight, other in zip(trained(plain), trained(ours), strict=True):
        np.testing.assert_allclose(weight, other, atol=1e-5)


@pytest.mark.parametrize("cell", [SimpleRNNCell, keras.layers.LSTMCell])
def test_only_the_recurrent_kernel_feels_it(cell):
    first = classifier(NormPreservingRNN(cell(7), omega_weight=0.0))
    second = classifier(NormPreservingRNN(cell(7), omega_weight=3.0))
    changes = []
    for model in (first, second):
        start = model.get_weights()
        model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1e6), "sparse_categorical_crossentropy")
        model.train_on_batch(X, Y)
        changes.append([new - old for new, old in zip(model.get_weights(), start, strict=True)])
    differing = [not np.allclose(a, b, atol=1e-6) for a, b in zip(*changes, strict=True)]
    assert differing == [False, True, False, False, False]


def test_the_loss_shown_is_without_omega():
    plain = classifier(NormPreservingRNN(SimpleRNNCell(7), omega_weight=0.0))
    ours = classifier(NormPreservingRNN(SimpleRNNCell(7), omega_weight=3.0))
    losses = []
    for model in (plain, ours):
        model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1.0), "sparse_categorical_crossentropy")
        losses.append(model.fit(X, Y, batch_size=16, verbose=0).history["loss"][0])
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def omega_part(policy, cell, optimizer):
    """What Omega adds to the recurrent kernel's change in one update."""
    changes = []
    for weight in (0.0, 2.0):
        model = classifier(NormPreservingRNN(cell(7, dtype=policy), omega_weight=weight, dtype=policy))
        start = model.get_weights()[1]
        model.compile(optimizer(), "sparse_categorical_crossentropy", auto_scale_loss=True)
        model.train_on_batch(X, Y)
        changes.append(model.get_weights()[1] - start)
    return changes[1] - changes[0]


@pytest.mark.parametrize("cell", [SimpleRNNCell, DeepTransitionRNNCell, keras.layers.GRUCell])
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_low_precision(cell, policy):
    """Loss scaling leaves Omega's part of the change as it is."""

    def plain():
        return keras.optimizers.SGD(0.1, global_clipnorm=1e6)

    def scaled():
        return keras.optimizers.LossScaleOptimizer(plain(), initial_scale=2.0**10)

    expected = omega_part("float32", cell, plain)
    received = omega_part(policy, cell, scaled if policy == "mixed_float16" else plain)
    size = np.abs(expected).max()
    assert size > 1e-4
    tolerance = 0.02 if policy == "mixed_float16" else 0.1
    np.testing.assert_allclose(received, expected, atol=tolerance * size)


def test_padding_changes_nothing():
    """A row padded, alone in its batch, gives the same update as the same row unpadded."""
    weights = []
    for padding in (0, 5):
        keras.utils.set_random_seed(3)
        inputs = keras.Input((None, 6))
        hidden = NormPreservingRNN(SimpleRNNCell(7), omega_weight=2.0)(keras.layers.Masking()(inputs))
        model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(hidden))
        model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1.0), "sparse_categorical_crossentropy")
        model.train_on_batch(np.pad(X[:4], ((0, 0), (0, padding), (0, 0))), Y[:4])
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_compiled_it_is_the_same():
    changes = []
    for jit_compile in (False, True):
        changes.append(
            trained(classifier(NormPreservingRNN(SimpleRNNCell(7), omega_weight=2.0)), jit_compile=jit_compile)
        )
    for one, other in zip(*changes, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_schedule_counts_batches():
    schedule = keras.optimizers.schedules.InverseTimeDecay(4.0, 2, 1.0, staircase=True)
    layer = NormPreservingRNN(SimpleRNNCell(7), omega_weight=schedule)
    model = classifier(layer)
    trained(model, epochs=2)
    assert int(layer.batches) == 4
    copy = NormPreservingRNN.from_config(layer.get_config())
    assert [float(copy.omega_weight(step)) for step in (0, 1, 2, 4)] == pytest.approx([4, 4, 2, 4 / 3])


def test_it_is_saved(tmp_path):
    model = zoo.build_many_to_one((None, 6), 4, (7, 5), cell="lstm", bidirectional=True, norm_preserving=1.5)
    model.save(tmp_path / "model.keras")
    loaded = zoo.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
    assert loaded.get_layer("recurrence").layers[0].forward_layer.omega_weight == 1.5


SYMBOLS = {"vocabulary_size": 9, "embedding_dim": 4}
VECTORS, IDS = RNG.normal(size=(4, 5, 3)).astype("float32"), RNG.integers(1, 9, (4, 5))
PREVIOUS, PICTURES = RNG.integers(1, 9, (4, 6)), RNG.normal(size=(4, 5, 20, 36, 1)).astype("float32")
BUILDERS = {
    "many_to_one": (((None, 3), 4, (6, 6)), {"cell": "simple_rnn", "bidirectional": True}, VECTORS),
    "many_to_many_aligned": (((None, 3), 4, 6), {"cell": "deep_transition"}, VECTORS),
    "many_to_many_unaligned": (((None,), 9, 6), {**SYMBOLS, "cell": "gru"}, {"source": IDS, "previous": PREVIOUS}),
    "one_to_many": (
        ((3,), 9, 6),
        {"embedding_dim": 4, "cell": "gru"},
        {"context": VECTORS[:, 0], "previous": PREVIOUS},
    ),
    "captioner": (
        ((20, 36, 1), 9, 6),
        {"embedding_dim": 4, "image_units": 8},
        {"context": PICTURES[:, 0], "previous": PREVIOUS},
    ),
    "frame_classifier": (((None, 20, 36, 1), 4, 6), {"image_units": 8}, PICTURES),
    "language_model": (((None,), 9, 6), {**SYMBOLS, "cell": "simple_rnn"}, IDS),
    "sentiment_classifier": (((None,), 2, 6), SYMBOLS, IDS),
    "sequence_tagger": (((None,), 4, 6), SYMBOLS, IDS),
    "speech_recognizer": (((None, 3), 9, 6), {"embedding_dim": 4}, {"source": VECTORS, "previous": PREVIOUS}),
    "translator": (((None,), 9, 6), SYMBOLS, {"source": IDS, "previous": PREVIOUS}),
}


def test_every_recurrent_builder_takes_it():
    assert set(BUILDERS) == set(zoo.list_builders()) - {"one_to_one"}


@pytest.mark.parametrize("name", BUILDERS)
def test_in_every_builder(name):
    """It trains, and the recurrent kernels move otherwise than without."""
    arguments, options, inputs = BUILDERS[name]
    changed = []
    for weight in (0.0, 5.0):
        keras.utils.set_random_seed(2)
        model = zoo.builders.get(name)(*arguments, **options, norm_preserving=weight)
        model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1e6), "sparse_categorical_crossentropy")
        steps = model.compute_output_shape(keras.tree.map_structure(np.shape, inputs))[:-1]
        model.train_on_batch(inputs, np.ones(steps, "int32"))
        changed.append(model.get_weights())
    pairs = zip(model.weights, *changed, strict=True)
    moved = [weight.path for weight, without, with_it in pairs if not np.allclose(without, with_it, atol=1e-6)]
    assert moved and all("recurrent_kernel" in path or "transition" in path for path in moved)


def without_warnings(optimizer, layer=None):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trained(classifier(layer or NormPreservingRNN(SimpleRNNCell(7))), optimizer)
    return [str(warning.message) for warning in caught if "joint norm" in str(warning.message)]


def test_a_warning_without_clipping():
    assert without_warnings(keras.optimizers.SGD(0.01, global_clipnorm=1.0)) == []
    assert "usually explodes" in without_warnings(keras.optimizers.SGD(0.01))[0]
    assert "clipnorm clips each weight by itself" in without_warnings(keras.optimizers.Adam(0.01, clipnorm=1.0))[0]
    assert without_warnings(keras.optimizers.SGD(0.01), NormPreservingRNN(SimpleRNNCell(7), omega_weight=0)) == []


class ForeignCell(keras.layers.LSTMCell):
    """A user's cell, of which nothing is known."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


REFUSED = {
    "negative": (lambda: NormPreservingRNN(SimpleRNNCell(3), omega_weight=-1), "a number of at least 0"),
    "text": (lambda: NormPreservingRNN(SimpleRNNCell(3), omega_weight="4"), "a number of at least 0"),
    "nan": (lambda: NormPreservingRNN(SimpleRNNCell(3), omega_weight=float("nan")), "a number of at least 0"),
    "schedule": (lambda: NormPreservingRNN(SimpleRNNCell(3), omega_weight={"a": 1}), "a schedule is written as"),
    "no recurrent weights": (lambda: NormPreservingRNN(MinGRUCell(3)), "MinGRUCell has none"),
    "unroll": (lambda: NormPreservingRNN(SimpleRNNCell(3), unroll=True), "leave out unroll=True"),
    "zoneout": (lambda: NormPreservingRNN(SimpleRNNCell(3), zoneout=0.1), "leave out zoneout"),
    "recurrent dropout": (lambda: NormPreservingRNN(SimpleRNNCell(3, recurrent_dropout=0.1)), "recurrent_dropout"),
    "way": (lambda: NormPreservingRNN(SimpleRNNCell(3), way="loop"), "leave out way='loop'"),
    "weight drop": (lambda: NormPreservingRNN(ForeignCell(3), weight_drop=0.1), "leave out weight_drop"),
    "a stack": (
        lambda: NormPreservingRNN(keras.layers.StackedRNNCells([SimpleRNNCell(3), SimpleRNNCell(3)])),
        "give each a layer of its own",
    ),
    "attention": (
        lambda: zoo.build_one_to_many(
            (7, 3), 9, 4, embedding_dim=4, attention="bahdanau", conditioning="initial_state", norm_preserving=1.0
        ),
        "cannot go with attention",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    make, expected = REFUSED[name]
    with pytest.raises(ZooError, match=expected):
        make()
