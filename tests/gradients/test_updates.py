"""What happens around each update: its norms before and after clipping, and the guard."""

import warnings

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients import NonFiniteGuard, first_fault
from keras_rnn_zoo.gradients.update_recorder import UpdateRecorder, clipped_share
from tests.gradients import loss_and_gradients

ROWS, STEPS = 12, 6
IDS = np.random.default_rng(0).integers(1, 5, (ROWS, STEPS))  # Few symbols: an embedding's gradient has repeated rows.
Y = np.random.default_rng(1).normal(size=(ROWS, 2)).astype("float32")
CLIPS = {
    "none": {},
    "global_clipnorm": {"global_clipnorm": 0.2},
    "clipnorm": {"clipnorm": 0.1},
    "clipvalue": {"clipvalue": 0.02},
    "loose": {"global_clipnorm": 100.0},
}


def compiled(optimizer, **options):
    model = keras.Sequential(
        [
            keras.Input((STEPS,), dtype="int32"),
            keras.layers.Embedding(5, 3, name="embedding"),
            keras.layers.LSTM(4, name="reader"),
            keras.layers.Dense(2, dtype="float32", name="output"),
        ]
    )
    model.compile(optimizer, "mean_squared_error", **options)
    return model


class Recording(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.recorder = UpdateRecorder(self.model)

    def on_train_end(self, logs=None):
        self.norms = self.recorder.take()
        self.recorder.detach()


def recorded(model, x=IDS, **options):
    recording = Recording()
    model.fit(x, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[recording], **options)
    return recording.norms


def after_clipping(gradients, global_clipnorm=None, clipnorm=None, clipvalue=None):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if global_clipnorm:
        return min(norm, global_clipnorm)
    if clipnorm:
        return np.sqrt(sum(min(np.linalg.norm(g), clipnorm) ** 2 for g in gradients))
    clipped = gradients if clipvalue is None else [np.clip(g, -clipvalue, clipvalue) for g in gradients]
    return np.sqrt(sum(np.sum(g**2) for g in clipped))


def with_vectors(optimizer):
    """No embedding: on TensorFlow, Keras takes the norm of its gradient with repeated rows apart."""
    model = keras.Sequential([keras.Input((STEPS, 3)), keras.layers.LSTM(4), keras.layers.Dense(2)])
    model.compile(optimizer, "mean_squared_error")
    return model


@pytest.mark.parametrize("clip", CLIPS)
def test_norms_before_and_after_each_clip(clip):
    model, x = with_vectors(keras.optimizers.SGD(0.0, **CLIPS[clip])), np.eye(5, 3, dtype="float32")[IDS]
    norms = recorded(model, x)
    expected = []
    for start in range(0, ROWS, 4):
        rows = slice(start, start + 4)
        _, gradients = loss_and_gradients(model, x[rows], Y[rows], lambda y, a: ops.mean(ops.square(y - a)))
        expected.append((after_clipping(gradients), after_clipping(gradients, **CLIPS[clip])))
    np.testing.assert_allclose(norms, expected, rtol=2e-5)
    share = np.mean([after < before - 1e-4 for before, after in expected])
    assert clipped_share(norms) == share and (share > 0) == (clip not in ("none", "loose"))


def test_repeated_rows_of_an_embedding_are_added_up():
    model = compiled(keras.optimizers.SGD(0.0, global_clipnorm=0.2))
    _, gradients = loss_and_gradients(model, IDS[:4], Y[:4], lambda y, a: ops.mean(ops.square(y - a)))
    before, after = recorded(model)[0]
    assert before == pytest.approx(after_clipping(gradients), rel=2e-5)
    assert after == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize(
    "options", [{"steps_per_execution": 3}, {"jit_compile": True}, {"run_eagerly": True}], ids=lambda o: next(iter(o))
)
def test_every_way_of_running_records_the_same(options):
    keras.utils.set_random_seed(2)
    plain = recorded(compiled(keras.optimizers.Adam(0.1, global_clipnorm=0.2)), epochs=2)
    keras.utils.set_random_seed(2)
    if "jit_compile" in options:
        options = {**options, "optimizer": keras.optimizers.Adam(0.1, global_clipnorm=0.2)}
    model = compiled(options.pop("optimizer", keras.optimizers.Adam(0.1, global_clipnorm=0.2)), **options)
    np.testing.assert_allclose(recorded(model, epochs=2), plain, rtol=1e-3)
    assert plain.shape == (6, 2)


def test_mixed_precision_records_unscaled_norms():
    keras.utils.set_random_seed(2)
    plain = recorded(compiled(keras.optimizers.SGD(0.01, global_clipnorm=0.2)))
    keras.config.set_dtype_policy("mixed_float16")
    try:
        keras.utils.set_random_seed(2)
        model = compiled(keras.optimizers.SGD(0.01, global_clipnorm=0.2))
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        np.testing.assert_allclose(recorded(model), plain, rtol=0.05)
    finally:
        keras.config.set_dtype_policy("float32")


def test_recording_changes_nothing_and_leaves_nothing():
    weights = []
    for watched in (False, True):
        keras.utils.set_random_seed(2)
        model = compiled(keras.optimizers.Adam(0.1, global_clipnorm=0.2))
        for callbacks in ([], [Recording()] if watched else [], []):
            model.fit(IDS, Y, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks)
        weights.append([ops.convert_to_numpy(w) for w in (*model.weights, *model.optimizer.variables)])
        assert not {"apply", "stateless_apply"} & set(vars(model.optimizer))
    for plain, seen in zip(*weights, strict=True):
        np.testing.assert_allclose(plain, seen, rtol=1e-5, atol=1e-7)


def test_more_updates_than_are_kept_at_once(monkeypatch):
    monkeypatch.setattr("keras_rnn_zoo.gradients.update_recorder._LEAST_CAPACITY", 4)
    model = compiled(keras.optimizers.SGD(0.1))
    flow = zoo.gradients.GradientFlow(IDS, Y)
    model.fit(IDS, Y, batch_size=1, shuffle=False, verbose=0, callbacks=[flow])
    assert flow.updates[1].shape == (ROWS, 2) and len(np.unique(flow.updates[1])) == ROWS


@pytest.mark.parametrize(
    ("optimizer", "says"),
    [
        (lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), "gradient_accumulation_steps"),
        (
            lambda: keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1))),
            "MultiOptimizer",
        ),
    ],
)
def test_what_cannot_be_recorded_is_said(optimizer, says):
    with pytest.raises(ZooError, match=says):
        recorded(compiled(optimizer()))


def exploding(at, **options):
    """A model, and data of which one value in batch `at` is none."""
    model = keras.Sequential(
        [
            keras.Input((STEPS, 3)),
            keras.layers.GRU(4, return_sequences=True, name="below"),
            keras.layers.GRU(4, name="above"),
            keras.layers.Dense(2, name="output"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.1), "mean_squared_error", **options)
    x = np.random.default_rng(3).normal(size=(ROWS, STEPS, 3)).astype("float32")
    x[4 * at + 1, 2, 0] = np.nan
    return model, x


def values(model):
    return [ops.convert_to_numpy(v) for v in (*model.weights, *model.optimizer.variables)]


@pytest.mark.parametrize("options", [{}, {"jit_compile": False}, {"run_eagerly": True}], ids=str)
def test_the_guard_keeps_the_weights_and_says_where(options):
    model, x = exploding(at=1, **options)
    keras.utils.set_random_seed(5)
    start = model.get_weights()
    with pytest.raises(ZooError) as raised:
        guard = NonFiniteGuard(lambda epoch, batch: (x[4 * batch : 4 * batch + 4], Y[4 * batch : 4 * batch + 4]))
        model.fit(x, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[guard])
    text = str(raised.value)
    assert "epoch 1, batch 2 are not finite: those of all" in text
    assert "states of below are not finite from time step 2 of 6 on, as are its inputs there" in text
    after = values(model)
    assert all(np.isfinite(value).all() for value in after)
    clean, _ = exploding(at=1, **options)
    clean.set_weights(start)
    clean.fit(x[:4], Y[:4], batch_size=4, shuffle=False, verbose=0)
    for one, other in zip(after, values(clean), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert not {"apply", "stateless_apply"} & set(vars(model.optimizer))
    model.fit(x[:4], Y[:4], verbose=0)


def test_the_weight_that_went_first():
    @keras.saving.register_keras_serializable("tests")
    class RootOfZero(keras.layers.Layer):
        """Finite going forth, with an infinite slope."""

        def call(self, x):
            return x + ops.sqrt(x - x)

    model = keras.Sequential(
        [
            keras.Input((STEPS, 3)),
            keras.layers.LSTM(4, name="below"),
            RootOfZero(),
            keras.layers.Dense(2, name="output"),
        ]
    )
    model.compile("sgd", "mean_squared_error")
    x, told = np.ones((4, STEPS, 3)), []
    guard = NonFiniteGuard(lambda epoch, batch: (x, Y[:4]), report=told.append)
    history = model.fit(x, Y[:4], epochs=5, verbose=0, callbacks=[guard]).history
    assert len(history["loss"]) == 1 and len(told) == 1
    assert "below/lstm_cell/bias went first on the way back, 3 of 5 weights are affected" in told[0]
    assert "the error of below is not from time step 5 on" in told[0]


def test_the_guard_with_several_steps_an_execution():
    model, x = exploding(at=2, steps_per_execution=3)
    with pytest.raises(ZooError, match="one of the batches 1 to 3"):
        model.fit(x, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[NonFiniteGuard()])
    assert all(np.isfinite(value).all() for value in values(model))


def test_the_guard_lets_loss_scaling_work():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = compiled(keras.optimizers.SGD(0.01))
    finally:
        keras.config.set_dtype_policy("float32")
    model.optimizer.initial_scale = 2.0**60
    model.optimizer.build(model.trainable_variables)
    model.optimizer.dynamic_scale.assign(2.0**60)
    model.fit(IDS, Y, batch_size=4, verbose=0, epochs=20, callbacks=[NonFiniteGuard()])
    assert float(ops.convert_to_numpy(model.optimizer.dynamic_scale)) < 2.0**40


def test_guard_and_flow_together():
    keras.utils.set_random_seed(2)
    model = compiled(keras.optimizers.SGD(0.1, global_clipnorm=0.2))
    flow = zoo.gradients.GradientFlow(IDS, Y)
    history = model.fit(IDS, Y, batch_size=4, verbose=0, callbacks=[flow, NonFiniteGuard()]).history
    assert history["clipped_share"] == [1.0] and flow.updates[1].shape == (3, 2)
    assert not {"apply", "stateless_apply"} & set(vars(model.optimizer))


def test_a_batch_without_a_fault_is_said_to_have_none():
    model, x = exploding(at=1)
    assert "are finite" in first_fault.first_fault(model, x[:4], Y[:4])


def test_clipnorm_is_warned_of():
    with pytest.warns(UserWarning, match="global_clipnorm=0.1"):
        compiled(keras.optimizers.SGD(0.1, clipnorm=0.1)).fit(
            IDS, Y, verbose=0, callbacks=[zoo.gradients.GradientFlow(IDS, Y)]
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        zoo.gradients.warn_of_clipnorm(keras.optimizers.SGD(0.1, global_clipnorm=0.1))
