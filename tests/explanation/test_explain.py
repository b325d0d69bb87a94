"""Each fault is found in a model that has it, and not in one that has not; and what is said of Keras is what Keras does."""

import warnings

import keras
import numpy as np
import pytest
from keras import layers

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.explanation.walk import recurrent_layers_of
from tests.explanation.devices import pretended_gpu as pretended_gpu

BACKEND = keras.backend.backend()
tensorflow_only = pytest.mark.skipif(BACKEND != "tensorflow", reason="it is about TensorFlow")
CLIPPED = {"optimizer": keras.optimizers.Adam(global_clipnorm=1.0)}


def found(model, subject, x=None, **options):
    """The findings on one subject: `(layer, level, text)`."""
    return [(f.layer, f.level, f.text) for f in zoo.explain(model, x, **options) if f.subject == subject]


def words(*between, mask_zero=True, rnn=None):
    rnn = rnn or layers.GRU(4, name="rnn")
    return keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(9, 3, mask_zero=mask_zero, name="words"), *between, rnn])  # fmt: skip


def vectors(*before, rnn=None, steps=None):
    return keras.Sequential([keras.Input((steps, 3)), *before, rnn or layers.GRU(4, name="rnn")])


class NoMask(layers.Layer):
    """A layer of a user's that says nothing of masks."""

    def call(self, x):
        return x * 2.0


def test_a_sound_model_has_notes_alone():
    for model in (words(), vectors(layers.Masking())):
        assert {(f.subject, f.level) for f in zoo.explain(model, **CLIPPED)} == {("kernel", "note")}


def test_nothing_is_said_of_a_model_without_recurrence():
    assert zoo.explain(zoo.build_one_to_one((20,), 3, 4)) == []


@pytest.mark.parametrize("name", [name for name in zoo.list_builders() if name != "one_to_one"])
def test_every_builder_is_sound(name):
    from tests.contract.test_catalogue import BUILDERS

    arguments, options, _ = BUILDERS[name]
    model = zoo.builders.get(name)(*arguments, **options)
    findings = zoo.explain(model, **CLIPPED)
    assert {finding.level for finding in findings} == {"note"}
    assert [f.layer for f in findings if f.subject == "kernel"] == list(recurrent_layers_of(model))


def test_recurrent_layers_are_found_wherever_they_are():
    inner = keras.Sequential([keras.Input((None, 3)), layers.LSTM(4, name="deep")], name="inner")

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [inner, layers.Bidirectional(layers.GRU(2, name="gru"), name="both")]

        def call(self, x):
            return self.parts[0](x) + self.parts[1](x)

    model, x = Own(), np.ones((2, 5, 3), "float32")
    with pytest.raises(ZooError, match="not built yet"):
        zoo.explain(model)
    model(x)
    paths = ["inner/deep", "both/forward_gru", "both/backward_gru"]
    assert [layer for layer, *_ in found(model, "kernel", x)] == paths
    with pytest.raises(ZooError, match="give a batch of them as x"):
        zoo.explain(model)


def test_attentive_decoders_step_their_cells_themselves():
    def text(attention, **options):
        model = zoo.build_translator((None,), 9, 4, vocabulary_size=8, embedding_dim=4, attention=attention, **options)
        return found(model, "kernel")[-1][2]

    assert text("bahdanau").startswith("decoder's own loop")
    assert text("luong_dot").startswith("decoder's own loop")
    assert not text("luong_dot", input_feeding=False).startswith("decoder's own loop")


def test_a_layer_that_is_not_run_is_said_so():
    x = keras.Input((None, 3))
    model = keras.Model(x, layers.GRU(4)(x))
    model.spare = layers.LSTM(4, name="spare")
    model.spare.build((None, None, 3))
    assert [text for layer, _, text in found(model, "kernel") if layer == "spare"] == [
        "It was not run when the model was called."
    ]


def test_embedding_without_a_mask():
    assert found(words(), "mask") == []
    ((layer, level, text),) = found(words(mask_zero=False), "mask")
    assert (layer, level) == ("rnn", "warning") and "words makes none. Give it mask_zero=True" in text


def test_vectors_without_a_mask():
    assert found(vectors(layers.Masking()), "mask") == []
    ((layer, level, text),) = found(vectors(), "mask")
    assert (layer, level) == ("rnn", "note") and "keras.layers.Masking" in text


@pytest.mark.parametrize("between", [NoMask(name="between"), layers.Conv1D(3, 2, padding="same", name="between")])
def test_a_layer_that_destroys_the_mask(between):
    with pytest.warns(UserWarning, match="does not support masking"):
        model = words(between)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras's own warning does not come through `explain`.
        (destroyer, _, first), (layer, level, second) = found(model, "mask")
    assert destroyer == "between" and "destroys the mask" in first
    assert (layer, level) == ("rnn", "warning") and "between destroyed it" in second
    assert found(words(layers.Dropout(0.1)), "mask") == []


def test_other_warnings_come_through():
    class Warns(NoMask):
        def call(self, x):
            warnings.warn("mind the step", stacklevel=1)
            return x

    model = vectors(Warns())
    with pytest.warns(UserWarning, match="mind the step"):
        zoo.explain(model)


@tensorflow_only
def test_masked_steps_with_two_answers():
    def subject(**options):
        return found(words(rnn=layers.LSTM(4, name="rnn", **options)), "zero_output_for_mask")

    assert [layer for layer, *_ in subject(return_sequences=True)] == ["rnn"]
    assert subject(return_sequences=True, zero_output_for_mask=True) == []
    assert subject() == [] and subject(return_sequences=True, activation="relu") == []
    assert found(vectors(rnn=layers.LSTM(4, return_sequences=True)), "zero_output_for_mask") == []


@tensorflow_only
def test_keras_loop_repeats_what_cudnn_does_not():
    """The CPU's half of the claim above."""
    x, mask = np.ones((1, 3, 2), "float32"), np.array([[True, False, False]])
    repeated = np.asarray(layers.LSTM(4, return_sequences=True)(x, mask=mask))
    np.testing.assert_array_equal(repeated[0, 1:], np.repeat(repeated[0, :1], 2, axis=0))
    assert (repeated[0, 0] != 0).all()


RIGHT, LEFT, MIDDLE, EMPTY = [3, 4, 0, 0], [0, 0, 3, 4], [3, 0, 4, 0], [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([RIGHT, [1, 2, 3, 4]], []),
        ([RIGHT, LEFT], ["1 of 2 rows (the first: 1) have a real step after padding"]),
        ([MIDDLE, MIDDLE, RIGHT], ["2 of 3 rows (the first: 0) have a real step after padding"]),
        ([RIGHT, EMPTY], ["1 of 2 rows (the first: 1) have no real step"]),
        ([EMPTY, LEFT], ["have no real step", "have a real step after padding"]),
    ],
)
def test_padding_with_a_mask(rows, says):
    ids = np.array(rows, "int32")
    floats = np.repeat(ids[:, :, None], 3, axis=2).astype("float32")
    first, second = layers.GRU(3, return_sequences=True, name="first"), layers.Bidirectional(layers.GRU(4))
    for model, x in ((words(first, rnn=second), ids), (vectors(layers.Masking(), first, rnn=second), floats)):
        texts = found(model, "padding", x)
        assert len(texts) == len(says) and all(said in text for said, (_, _, text) in zip(says, texts))
        assert {layer for layer, *_ in texts} <= {"first"}  # Said once, not by every layer.
        assert found(model, "padding") == []


@pytest.mark.parametrize("rows", [[RIGHT, [1, 2, 3, 4]], [LEFT, [1, 2, 3, 4]]])
def test_padding_without_a_mask(rows):
    ids = np.array(rows, "int32")
    ((_, level, text),) = found(words(mask_zero=False), "padding", ids)
    assert level == "warning" and "1 of 2 rows (the first: 0)" in text and "rnn reads them as real steps" in text
    assert found(words(), "padding", np.array([rows[1], rows[1]], "int32")) == []
    assert found(words(mask_zero=False), "padding", np.array([rows[1], MIDDLE[:1] + rows[1][1:]], "int32")) == []


@pytest.mark.parametrize(
    ("optimizer", "says"),
    [
        (keras.optimizers.Adam(global_clipnorm=1.0), None),
        (keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(global_clipnorm=0.5)), None),
        ("adam", "Adam does not clip gradients"),
        (keras.optimizers.SGD(clipnorm=1.0), "SGD has clipnorm=1, which clips each weight by itself"),
        (keras.optimizers.SGD(clipvalue=0.5), "SGD has clipvalue=0.5, which clips each number by itself"),
        (keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(clipnorm=1.0)), "SGD has clipnorm=1"),
    ],
)
def test_clipping(optimizer, says):
    def compiled():
        model = words()
        model.compile(optimizer, "mse")
        return model

    for findings in (found(words(), "clipping", optimizer=optimizer), found(compiled(), "clipping")):
        assert [level for _, level, _ in findings] == (["warning"] if says else [])
        assert all(says in text and "global_clipnorm=1.0" in text for *_, text in findings)
    assert found(zoo.build_one_to_one((20,), 3, 4), "clipping", optimizer=optimizer) == []


def test_clipping_that_cannot_be_told():
    ((_, level, text),) = found(words(), "clipping")
    assert level == "note" and "not compiled" in text
    groups = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(keras.optimizers.Adam()))
    ((_, level, text),) = found(words(), "clipping", optimizer=groups)
    assert level == "note" and "MultiOptimizer" in text


class CountingCell(layers.Layer):
    """Its second state counts the steps."""

    def __init__(self, cycle=None, **options):
        super().__init__(**options)
        self.state_size, self.cycle = [3, 1], cycle

    def call(self, x, states):
        count = states[1] + 1
        return x, [x, keras.ops.mod(count, self.cycle) if self.cycle else count]


@pytest.mark.parametrize(("dtype", "limit"), [("bfloat16", 256), ("float16", 2048), ("float32", None)])
def test_a_clock_that_stands_still(dtype, limit):
    def findings(cycle):
        return found(vectors(rnn=layers.RNN(CountingCell(cycle, dtype=dtype), dtype=dtype, name="rnn")), "dtype")

    stopped = [text for layer, _, text in findings(None) if layer == "rnn"]
    assert len(stopped) == (1 if limit else 0) and all(f"stands still at {limit}" in text for text in stopped)
    assert [text for layer, _, text in findings(16) if layer == "rnn"] == []
    if limit:
        count = keras.ops.convert_to_tensor(float(limit), dtype)
        assert float(count + 1) == limit and float((count - 1) + 1) == limit


def test_the_zoos_own_clock_goes_on():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = zoo.build_many_to_one((None, 3), 2, 8, cell="clockwork_rnn")
    finally:
        keras.config.set_dtype_policy("float32")
    assert found(model, "dtype") == []


@tensorflow_only  # On JAX Keras refuses to run such a layer.
def test_layer_and_cell_of_two_dtypes():
    ((layer, level, text),) = found(vectors(rnn=layers.RNN(layers.GRUCell(4, dtype="float16"), name="rnn")), "dtype")
    assert (layer, level) == ("rnn", "warning") and "in float32, its cell in float16" in text
    assert found(vectors(rnn=layers.RNN(layers.GRUCell(4))), "dtype") == []


def test_outputs_in_half_precision():
    def subject(**options):
        return found(
            vectors(rnn=keras.Sequential([layers.GRU(4, dtype="mixed_float16"), layers.Dense(2, **options)])), "dtype"
        )

    ((layer, _, text),) = subject(dtype="mixed_float16")
    assert layer == "model" and "in float16" in text and subject(dtype="float32") == []


@pytest.mark.skipif(BACKEND != "jax", reason="it is about JAX")
def test_float64_on_jax():
    import jax

    assert [
        text for *_, text in found(vectors(rnn=layers.GRU(4, dtype="float64")), "dtype") if "jax_enable_x64" in text
    ]
    assert found(vectors(), "dtype") == []
    with jax.enable_x64(True):
        assert found(vectors(rnn=layers.GRU(4, dtype="float64")), "dtype") == []


def test_stateful(tmp_path):
    model = keras.Sequential([keras.Input((5, 3), batch_size=2), layers.GRU(4, stateful=True, name="rnn")])
    assert [layer for layer, *_ in found(model, "stateful")] == ["rnn"] and found(vectors(), "stateful") == []
    model.layers[0].states[0].assign(np.full((2, 4), 0.25))
    found(model, "stateful")
    assert (np.asarray(model.layers[0].states[0]) == 0.25).all()  # `explain` leaves the state as it was.
    model.save(tmp_path / "m.keras")
    assert not np.asarray(zoo.load_model(tmp_path / "m.keras").layers[0].states[0]).any()


def test_unroll():
    ((layer, level, _),) = found(vectors(rnn=layers.GRU(4, unroll=True, name="rnn"), steps=5), "unroll")
    assert (layer, level) == ("rnn", "warning") and found(vectors(steps=5), "unroll") == []


def test_recurrent_dropout():
    own = zoo.layers.Recurrent(zoo.cells.SimpleRNNCell(4, recurrent_dropout=0.1), name="rnn")
    for rnn in (layers.GRU(4, recurrent_dropout=0.1, name="rnn"), own):
        assert [layer for layer, *_ in found(vectors(rnn=rnn), "recurrent_dropout")] == ["rnn"]
    for rnn in (layers.GRU(4, dropout=0.1), zoo.layers.GRU(4, weight_drop=0.1)):
        assert found(vectors(rnn=rnn), "recurrent_dropout") == []


@pytest.mark.parametrize("bidirectional", [False, True])
def test_use_cudnn_is_not_saved(bidirectional, tmp_path):
    rnn = layers.LSTM(4, use_cudnn=False, name="rnn")
    model = vectors(rnn=layers.Bidirectional(rnn) if bidirectional else rnn)
    assert len(found(model, "use_cudnn")) == 1 + bidirectional and found(vectors(), "use_cudnn") == []
    model.save(tmp_path / "m.keras")
    loaded = zoo.load_model(tmp_path / "m.keras")
    assert {layer.use_cudnn for layer in recurrent_layers_of(loaded).values()} == {"auto"}


@tensorflow_only
def test_time_distributed():
    def model(steps, wrapper):
        return keras.Sequential([keras.Input((steps, 4, 3)), wrapper(layers.Flatten(), name="fold"), layers.GRU(2)])

    ((layer, level, text),) = found(model(None, layers.TimeDistributed), "TimeDistributed")
    assert (layer, level) == ("fold", "warning") and "FoldTime" in text
    assert found(model(9, layers.TimeDistributed), "TimeDistributed") == []
    assert found(model(None, zoo.layers.FoldTime), "TimeDistributed") == []


@tensorflow_only
def test_time_distributed_loops_over_the_batch():
    """The claim above; where Keras has mended it this fails, and the finding should go."""
    frames = np.random.default_rng(0).normal(size=(2, 9, 4)).astype("float32")
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, layers.TimeDistributed(layers.Activation("linear"))(inputs))
    seen = model.predict_on_batch(frames[:, :9])
    import tensorflow as tf

    dynamic = tf.function(model, input_signature=[tf.TensorSpec((None, None, 4))])
    assert seen.shape == frames.shape and dynamic(frames).shape[1] == 2


@tensorflow_only
def test_jit_compile(pretended_gpu):
    def model(rnn, **options):
        built = vectors(rnn=rnn)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            built.compile("sgd", "mse", **options)
        return built

    compiled = model(layers.LSTM(4), jit_compile=True)
    assert len(found_without_calling(compiled)) == 1 and compiled.jit_compile is False  # Keras has turned it off.
    assert found_without_calling(model(layers.LSTM(4))) == []
    assert found_without_calling(model(layers.SimpleRNN(4), jit_compile=True)) == []


def found_without_calling(model):
    """A pretended GPU cannot run cuDNN."""
    from keras_rnn_zoo.explanation.options import options

    return [finding for finding in options(model) if finding.subject == "jit_compile"]


def test_what_is_no_model_is_refused():
    with pytest.raises(ZooError, match="explain needs a keras.Model, received GRU"):
        zoo.explain(layers.GRU(4))


def test_a_batch_that_does_not_fit_is_refused():
    with pytest.raises(ZooError, match="cannot be called on x"):
        zoo.explain(vectors(), np.ones((2, 5, 7), "float32"))


def test_a_model_is_left_as_it_was():
    model = zoo.build_many_to_one((None, 3), 2, 4, cell="lstm", bidirectional=True, dropout=0.2)
    before = model.get_weights()
    zoo.explain(model)
    assert all("inner_loop" not in vars(layer) for layer in recurrent_layers_of(model).values())
    assert all((old == new).all() for old, new in zip(before, model.get_weights()))
