"""What `GradientFlow` tells, and the numbers it has of each layer."""

import csv
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.gradients import (
    GradientFlow,
    OmegaProbe,
    gradients_through_time,
    omega_of,
    saturated_shares,
    spectral_radii,
)

ROWS, STEPS = 8, 9
X = np.random.default_rng(0).normal(size=(ROWS, STEPS, 3)).astype("float32")
PADDED = X.copy()
PADDED[::2, 6:] = 0.0
Y = np.arange(ROWS) % 4


def compiled(*layers, optimizer=None, **options):
    model = keras.Sequential([keras.Input((STEPS, 3)), keras.layers.Masking(), *layers, keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(0.5, global_clipnorm=0.3), loss, **options)
    return model


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_is_told_and_kept(tmp_path):
    model = compiled(keras.layers.LSTM(5, return_sequences=True, name="first"), keras.layers.GRU(4, name="second"))
    before = {record.name: record for record in gradients_through_time(model, PADDED, Y)}
    flow = GradientFlow(PADDED, Y, folder=tmp_path / "made", every=2, tensorboard=tmp_path / "board")
    log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    history = model.fit(PADDED, Y, batch_size=4, epochs=4, verbose=0, callbacks=[flow, log]).history
    after = {record.name: record for record in gradients_through_time(model, PADDED, Y)}

    assert list(flow.error_norms) == [0, 2, 4] and list(flow.updates) == [1, 2, 3, 4]
    for name in ("first", "second"):
        for epoch, records in ((0, before), (4, after)):
            norms = np.where(records[name].mask, records[name].error_norms, np.nan)
            np.testing.assert_allclose(flow.error_norms[epoch][name], np.nanmean(norms, axis=1), rtol=1e-4)
            np.testing.assert_allclose(flow.error_medians[epoch][name], np.nanmedian(norms, axis=1), rtol=1e-4)
        assert history[f"omega/{name}"][3] == pytest.approx(omega_of(after[name]), rel=1e-3)
        assert history[f"spectral_radius/{name}"][3] == pytest.approx(max(spectral_radii(after[name].layer).values()))
        assert np.isnan(history[f"omega/{name}"][::2]).all()
    for epoch in (1, 2, 3, 4):
        assert history["gradient_norm"][epoch - 1] == pytest.approx(flow.updates[epoch][:, 0].mean())
        assert history["clipped_share"][epoch - 1] == np.mean(flow.updates[epoch][:, 0] > 0.3001)

    logged = rows_of(tmp_path / "log.csv")
    assert float(logged[3]["omega/first"]) == pytest.approx(history["omega/first"][3])
    steps = rows_of(tmp_path / "made" / "gradient_flow.csv")
    assert len(steps) == 3 * 2 * STEPS
    assert float(steps[-1]["mean"]) == pytest.approx(flow.error_norms[4]["second"][-1])
    told = rows_of(tmp_path / "made" / "gradient_flow_summary.csv")
    assert {row["quantity"] for row in told if row["layer"] == "first"} >= {
        "omega",
        "saturated_units",
        "saturated_gates",
    }
    assert len(rows_of(tmp_path / "made" / "gradient_flow_updates.csv")) == 8
    assert (tmp_path / "made" / "gradient_flow.png").read_bytes().startswith(b"\x89PNG")
    scalars = scalars_in(tmp_path / "board")
    assert scalars["first/omega", 4] == pytest.approx(history["omega/first"][3])
    assert scalars["model/gradient_norm", 1] == pytest.approx(history["gradient_norm"][0])


def scalars_in(folder):
    """What TensorBoard would read of the event files."""
    import tensorflow as tf

    found = {}
    for path in folder.iterdir():
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                found[value.tag, event.step] = float(tf.make_ndarray(value.tensor))
    return found


def test_watching_does_not_change_the_training():
    losses = []
    for callbacks in ([], [GradientFlow(PADDED, Y)]):
        keras.utils.set_random_seed(3)
        model = compiled(keras.layers.LSTM(5, dropout=0.3))
        losses.append(model.fit(PADDED, Y, batch_size=4, epochs=3, verbose=0, callbacks=callbacks).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)


def test_a_training_that_ends_between_looks_is_looked_at(tmp_path):
    (tmp_path / "gradient_flow.png").write_bytes(b"another model's")
    flow = GradientFlow(X, Y, folder=tmp_path, every=5)
    compiled(keras.layers.GRU(4)).fit(X, Y, epochs=3, verbose=0, callbacks=[flow])
    assert list(flow.error_norms) == [0, 3]
    assert (tmp_path / "gradient_flow.png").read_bytes() != b"another model's"


def test_a_probe_that_does_not_fit(tmp_path):
    with pytest.raises(ZooError, match="The probe is empty"):
        GradientFlow(X[:0], Y[:0])
    (tmp_path / "file").write_text("")
    with pytest.raises(ZooError, match="is a file"):
        GradientFlow(X, Y, folder=tmp_path / "file")
    model = compiled(keras.layers.GRU(4))
    with pytest.raises(ZooError, match="GradientFlow's probe does not fit the model"):
        model.fit(X, Y, verbose=0, callbacks=[GradientFlow(X[..., :2], Y)])
    assert not {"apply", "stateless_apply"} & set(vars(model.optimizer))


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_every_is_checked(every):
    with pytest.raises(ZooError, match="every"):
        GradientFlow(X, Y, every=every)


def by_hand(record, slope):
    """Omega of a SimpleRNN by the closed form: `v_t = (e_t * slope_t) W^T`."""
    (e,), (h,) = record.errors, record.states
    v = (e * slope(h)) @ ops.convert_to_numpy(record.layer.cell.recurrent_kernel).T
    ratio = np.square(v).sum(-1) / np.maximum(np.square(e).sum(-1), 1e-30)
    counts = record.mask & (np.square(e).sum(-1) >= 1e-20)
    return np.mean(np.square(ratio - 1)[counts])


@pytest.mark.parametrize(
    ("activation", "slope"), [("tanh", lambda h: 1 - h**2), ("sigmoid", lambda h: h * (1 - h))], ids=["tanh", "sigmoid"]
)
def test_omega_of_a_simple_rnn_is_the_closed_form(activation, slope):
    for options in ({}, {"go_backwards": True}):
        model = compiled(keras.layers.SimpleRNN(5, activation=activation, zero_output_for_mask=False, **options))
        (record,) = gradients_through_time(model, PADDED, Y)
        assert omega_of(record) == pytest.approx(by_hand(record, slope), rel=1e-4)


def test_omega_where_the_loss_is_at_the_end():
    """Then what a step carries back is the error before it, for any cell: a free test of all of them (Pascanu's code)."""
    for cell in ("lstm", "gru", "peephole_lstm", "deep_transition", "olah_gru"):
        model = compiled(zoo.layers.stacked_rnn(cell, 5, return_sequences=False))
        (record,) = gradients_through_time(model, X, Y)
        squares = np.square(record.error_norms)
        parts = ("errors", "states", "states_before")
        later = {name: [array[1:] for array in getattr(record, name)] for name in parts}
        later = replace(record, inputs=record.inputs[1:], mask=record.mask[1:], **later)
        assert omega_of(later) == pytest.approx(np.mean(np.square(squares[:-1] / squares[1:] - 1)), rel=1e-4)


def test_shares_of_saturated_units_and_gates():
    model = compiled(keras.layers.LSTM(5))
    cell = model.layers[1].cell
    cell.kernel.assign(0 * cell.kernel)
    cell.recurrent_kernel.assign(0 * cell.recurrent_kernel)
    bias = np.zeros(20, "float32")
    bias[:5], bias[5:7], bias[15:16] = 9.0, -9.0, -9.0  # All input gates, two forget gates, one output gate.
    cell.bias.assign(bias)
    (record,) = gradients_through_time(model, PADDED, Y)
    shares = saturated_shares(record)
    assert shares["recurrent_activation"] == pytest.approx((5 + 2 + 1) / 15) and shares["activation"] == 0.0
    bias[10:15] = 9.0  # The candidate, and with it what the memory adds up to wherever it does not forget.
    cell.bias.assign(bias)
    record = gradients_through_time(model, PADDED, Y)[0]
    c = np.abs(np.tanh(record.states[1]))[record.mask]
    assert saturated_shares(record)["activation"] == pytest.approx((1 + np.mean(c > 0.95)) / 2)
    assert cell.activation is keras.activations.tanh


def test_dead_units_and_activations_that_are_not_known():
    model = compiled(keras.layers.SimpleRNN(4, activation="relu", bias_initializer=keras.initializers.Constant(-99.0)))
    assert saturated_shares(gradients_through_time(model, PADDED, Y)[0]) == {"activation": 1.0}
    model = compiled(keras.layers.SimpleRNN(4, activation="gelu"))
    assert saturated_shares(gradients_through_time(model, PADDED, Y)[0]) == {}


def test_spectral_radii_of_gates():
    layer = keras.layers.GRU(3)
    layer.build((None, None, 2))
    blocks = [
        radius * np.linalg.qr(np.random.default_rng(n).normal(size=(3, 3)))[0] for n, radius in enumerate((1, 2, 3))
    ]
    layer.cell.recurrent_kernel.assign(np.concatenate(blocks, axis=1))
    assert list(spectral_radii(layer).values()) == pytest.approx([1, 2, 3], rel=1e-5)
    projected = zoo.layers.recurrent_layer("projected_lstm", 6, cell_options={"projection_units": 4})
    projected.build((None, None, 2))
    assert spectral_radii(projected) == {}
    deep = zoo.layers.recurrent_layer("deep_transition", 4, cell_options={"transition_units": 8})
    deep.build((None, None, 2))
    assert spectral_radii(deep) == {}


def test_omega_in_the_logs_of_norm_preserving_layers():
    model = compiled(
        zoo.layers.NormPreservingRNN(zoo.cells.SimpleRNNCell(5), omega_weight=1.0, return_sequences=True, name="kept"),
        keras.layers.GRU(3, name="plain"),
    )
    history = model.fit(PADDED, Y, epochs=2, verbose=0, callbacks=[OmegaProbe(PADDED, Y)]).history
    assert {name for name in history if name.startswith("omega")} == {"omega/kept"}
    assert history["omega/kept"][1] == pytest.approx(omega_of(gradients_through_time(model, PADDED, Y)[0]), rel=1e-3)
