"""Carried states: batch by batch is the same as all at once, a row is reset alone, and `fit` trains through it."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_rnn_zoo as zoo
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import CarriedState, carry_state, stacked_rnn
from keras_rnn_zoo.preprocessing import StreamBatcher, cut_into_streams

IDS = np.random.default_rng(0).integers(1, 12, (3, 12))


def language_model(cell="lstm", **options):
    keras.utils.set_random_seed(2)
    return zoo.build_language_model((None,), 12, (8, 8), vocabulary_size=12, embedding_dim=4, cell=cell, **options)


def answers(model, ids, reset):
    return ops.convert_to_numpy(model({"inputs": ids, "reset": np.asarray(reset, bool)}))


@pytest.mark.parametrize("cell", ["lstm", "gru", "peephole_lstm", "deep_transition", "clockwork_rnn"])
def test_piece_by_piece_equals_the_whole(cell):
    model = language_model(cell)
    carried = carry_state(model, 3)
    whole = ops.convert_to_numpy(model(IDS))
    pieces = [answers(carried, IDS[:, start : start + 4], [start == 0] * 3) for start in (0, 4, 8)]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


def test_a_row_is_reset_alone_and_padding_keeps_the_state():
    model = language_model()
    carried = carry_state(model, 3)
    short = IDS[:, :4].copy()
    short[1, 2:] = 0
    answers(carried, short, [1, 1, 1])
    second = answers(carried, IDS[:, 4:8], [0, 0, 1])
    whole = ops.convert_to_numpy(model(IDS[:1]))
    np.testing.assert_allclose(second[0], whole[0, 4:8], atol=1e-5)
    joined = np.concatenate([IDS[1:2, :2], IDS[1:2, 4:8]], axis=1)
    np.testing.assert_allclose(second[1], ops.convert_to_numpy(model(joined))[0, 2:], atol=1e-5)
    np.testing.assert_allclose(second[2], ops.convert_to_numpy(model(IDS[2:, 4:8]))[0], atol=1e-5)


def test_fit_carries_the_states_and_trains_the_shared_layers():
    model = language_model()
    carried = carry_state(model, 2)
    carried.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    streams = [IDS[0], IDS[1]]
    carried.fit(StreamBatcher(streams, 2, 4), shuffle=False, verbose=0)
    left = [ops.convert_to_numpy(state) for state in carried.get_layer("carried").states]
    other = carry_state(model, 2)
    answers(other, IDS[:2, :11], [1, 1])
    for state, expected in zip(left, other.get_layer("carried").states, strict=True):
        np.testing.assert_allclose(state, ops.convert_to_numpy(expected), atol=1e-5)
    before = [np.array(one) for one in model.get_weights()]
    carried.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    history = carried.fit(StreamBatcher(streams, 2, 4), epochs=15, shuffle=False, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    assert all(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_reset_states_and_saving(tmp_path):
    carried = carry_state(language_model(), 3)
    first = answers(carried, IDS, [1, 1, 1])
    carried.save(tmp_path / "carried.keras")
    loaded = zoo.load_model(tmp_path / "carried.keras")
    np.testing.assert_allclose(answers(loaded, IDS, [0, 0, 0]), answers(carried, IDS, [0, 0, 0]), atol=1e-6)
    carried.get_layer("carried").reset_states()
    np.testing.assert_allclose(answers(carried, IDS, [0, 0, 0]), first, atol=1e-6)


def test_every_symbol_is_a_target_once():
    streams = [np.arange(1, 30), np.arange(101, 110), np.arange(201, 205), np.arange(301, 303)]
    batches = StreamBatcher(streams, 2, 5)
    seen = []
    for number in range(len(batches)):
        inputs, targets, weight = batches[number]
        assert (inputs["inputs"] > 0).any(axis=1).all()
        seen += list(zip(inputs["inputs"][weight > 0], targets[weight > 0], strict=True))
    assert sorted(seen) == sorted((a, b) for stream in streams for a, b in zip(stream, stream[1:]))
    resets = sum(batches[number][0]["reset"][row] for number in range(len(batches)) for row in range(2)
                 if batches[number][2][row].any())  # fmt: skip
    assert resets == len(streams)


def test_a_long_text_is_cut_without_loss():
    streams = cut_into_streams(np.arange(100), 7)
    pairs = [pair for stream in streams for pair in zip(stream, stream[1:])]
    assert pairs == [(i, i + 1) for i in range(98)] and len({len(stream) for stream in streams}) == 1


def test_bad_arguments():
    for wrong in (stacked_rnn("lstm", 4, bidirectional=True), stacked_rnn("lstm", 4, return_sequences=False)):
        with pytest.raises(ZooError, match="State is carried by a StackedRNN"):
            CarriedState(wrong, 2)
    with pytest.raises(ZooError, match="batch_size must be a positive integer"):
        CarriedState(stacked_rnn("lstm", 4), 0)
    with pytest.raises(ZooError, match="no layer called recurrence over one input"):
        carry_state(zoo.build_one_to_one((20, 64, 1), 2, (8,)), 2)
    with pytest.raises(ZooError, match="2 rows need as many streams, received 1"):
        StreamBatcher([IDS[0]], 2, 4)
    with pytest.raises(ZooError, match="Stream 1 should be whole numbers"):
        StreamBatcher([IDS[0], IDS[0][:1]], 2, 4)
    with pytest.raises(ZooError, match="cannot be cut into 5 streams"):
        cut_into_streams(np.arange(3), 5)


def test_padded_steps_are_masked_to_the_end_and_nothing_warns(recwarn):
    carried = carry_state(language_model(output_units=5), 3)
    ids = IDS[:, :6].copy()
    ids[1, 2:] = 0
    batch = {"inputs": ids, "reset": np.ones(3, bool)}
    np.testing.assert_array_equal(ops.convert_to_numpy(carried(batch)._keras_mask), ids > 0)
    carried.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    losses = []
    for filler in (1, 7):
        targets = np.where(ids > 0, 3, filler)
        losses.append(carried.evaluate(batch, targets, batch_size=3, verbose=0))
    assert losses[0] == losses[1]
    assert not [one for one in recwarn if "mask" in str(one.message)]
