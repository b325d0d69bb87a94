"""Batches: every example once an epoch, padded on the right, in an order that seed and epoch alone decide."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher

PADDING = {"inputs": 0, "targets": 0}


def numbered(lengths):
    """Row n holds the number n + 1 throughout; its targets are its negative."""
    rows = [np.full(length, number, "int32") for number, length in enumerate(lengths, start=1)]
    return Examples({"inputs": rows}, [-row for row in rows])


LENGTHS = np.random.default_rng(0).integers(1, 30, size=203)


def rows_of(batcher):
    """The examples' numbers in the order of an epoch."""
    return [number for index in range(len(batcher)) for number in batcher[index][0][:, 0].tolist()]


@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"bucket": False}, {"length_multiple": 8}])
@pytest.mark.parametrize("batch_size", [1, 7, 203, 1000])
def test_every_row_once_an_epoch(options, batch_size):
    batcher = SequenceBatcher(numbered(LENGTHS), batch_size, PADDING, **options)
    assert len(batcher) == -(-203 // batch_size)
    assert sorted(rows_of(batcher)) == list(range(1, 204))
    batcher.set_epoch(3)
    assert sorted(rows_of(batcher)) == list(range(1, 204))


def test_the_remainder_is_dropped():
    batcher = SequenceBatcher(numbered(LENGTHS), 20, PADDING, drop_remainder=True)
    assert len(batcher) == 10 and all(len(batcher[index][1]) == 20 for index in range(10))
    with pytest.raises(ZooError, match="203 examples make no batch of 204"):
        SequenceBatcher(numbered(LENGTHS), 204, PADDING, drop_remainder=True)


def test_order_depends_on_seed_and_epoch_alone():
    def order(seed, epochs):
        batcher = SequenceBatcher(numbered(LENGTHS), 8, PADDING, seed=seed)
        for epoch in epochs:
            batcher.set_epoch(epoch)
        return rows_of(batcher)

    assert order(1, [5]) == order(1, [0, 1, 2, 3, 4, 5]) == order(1, [9, 5])
    assert len({tuple(order(seed, [epoch])) for seed in range(3) for epoch in range(3)}) == 9


def test_without_shuffle_and_bucket_the_order_is_the_examples():
    batcher = SequenceBatcher(numbered(LENGTHS), 8, PADDING, shuffle=False, bucket=False)
    batcher.set_epoch(4)
    assert rows_of(batcher) == list(range(1, 204))


def test_padding_is_on_the_right_and_each_field_has_its_own():
    examples = Examples(
        {"a": [np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])], "b": np.array([7, 8])},
        [np.array([1]), np.array([2, 3])],
    )
    batcher = SequenceBatcher(examples, 2, {"a": -1.0, "targets": 9}, shuffle=False, length_multiple=3)
    inputs, targets = batcher[0]
    assert inputs["a"].tolist() == [[[1, 2], [-1, -1], [-1, -1]], [[3, 4], [5, 6], [-1, -1]]]
    assert inputs["b"].tolist() == [7, 8] and targets.tolist() == [[1, 9, 9], [2, 3, 9]]


def test_one_input_comes_alone():
    inputs, _ = SequenceBatcher(numbered([2, 3]), 2, PADDING)[0]
    assert inputs.shape == (2, 3) and inputs.dtype == np.int32


def test_buckets_save_padding():
    together = SequenceBatcher(numbered(LENGTHS), 8, PADDING)
    apart = SequenceBatcher(numbered(LENGTHS), 8, PADDING, bucket=False)
    assert together.padding_share() < 0.1 < 0.4 < apart.padding_share()
    padded = sum(apart[index][0].size for index in range(len(apart)))
    assert apart.padding_share() == pytest.approx(1 - LENGTHS.sum() / padded)
    fixed = Examples({"inputs": np.zeros((4, 3))}, np.zeros(4))
    assert SequenceBatcher(fixed, 2).padding_share() == 0


def test_where_one_length_steps_up_the_other_goes_on_from_where_it_is():
    pairs = [(1, 9), (2, 1), (2, 9), (1, 1), (4, 2), (4, 5)]
    examples = Examples({"inputs": [np.ones(length) for length, _ in pairs]}, [np.ones(length) for _, length in pairs])
    batcher = SequenceBatcher(examples, 1, PADDING, shuffle=False, bucket=True)
    found = [(inputs.shape[1], targets.shape[1]) for inputs, targets in map(batcher.__getitem__, range(len(pairs)))]
    assert found == [(1, 1), (1, 9), (2, 9), (2, 1), (4, 2), (4, 5)]


@pytest.mark.parametrize("pad", [0, -1])
def test_rows_of_one_length_are_padded_as_rows_of_several(pad):
    rows = np.arange(1, 13).reshape(4, 3)
    whole, listed = (
        SequenceBatcher(Examples({"inputs": inputs}, np.zeros(4)), 3, {"inputs": pad}, shuffle=False, length_multiple=4)
        for inputs in (rows, list(rows))
    )
    for number in range(2):
        np.testing.assert_array_equal(whole[number][0], listed[number][0])
    assert whole[1][0].tolist() == [[10, 11, 12, pad]]


@pytest.mark.parametrize(
    ("examples", "arguments", "message"),
    [
        (numbered([]), (2,), "There are no examples"),
        (numbered([1]), (0,), "at least 1, received 0"),
        (numbered([3, 0, 2]), (2,), "example 1 is empty"),
    ],
)
def test_bad_arguments(examples, arguments, message):
    with pytest.raises(ZooError, match=message):
        SequenceBatcher(examples, *arguments, PADDING)


class Watched(keras.layers.Layer):
    """Adds up what it reads, which a metric then shows."""

    def call(self, inputs):
        return keras.ops.cast(inputs, "float32")[..., None]

    def compute_output_shape(self, input_shape):
        return (*input_shape, 1)


def model_of_steps():
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(Watched()(inputs)))
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("multiple", [1, 4])
def test_lengths_8_8_8_12_pass_through_fit(multiple):
    batcher = SequenceBatcher(
        numbered([8, 8, 8, 12]), 1, PADDING, shuffle=False, bucket=False, length_multiple=multiple
    )
    history = model_of_steps().fit(batcher.dataset(), epochs=2, verbose=0).history
    assert len(history["loss"]) == 2
    assert model_of_steps().evaluate(batcher.dataset(), verbose=0) > 0


def test_length_multiple_leaves_few_shapes():
    batcher = SequenceBatcher(numbered(LENGTHS), 8, PADDING, length_multiple=16)
    assert {batcher[index][0].shape[1] for index in range(len(batcher))} == {16, 32}


def test_fit_sees_the_order_of_its_epoch():
    """A custom `train_step` would differ by backend; what a batcher was asked for does not."""
    asked = []

    class Recording(SequenceBatcher):
        def _batch(self, rows):
            asked.append(tuple(rows))
            return super()._batch(rows)

    batcher = Recording(numbered([3] * 48), 4, PADDING, seed=2)
    expected = []
    for epoch in range(3):
        batcher.set_epoch(epoch)
        expected += map(tuple, batcher._batches)
    batcher.set_epoch(0)
    following = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batcher.set_epoch(epoch))
    model = model_of_steps()
    model.fit(batcher.dataset(), epochs=3, shuffle=False, verbose=0, callbacks=[following])
    # Some backends look at the first batches before training; everything after is what was trained on.
    assert asked[-36:] == expected


def test_dictionary_inputs_reach_the_model():
    examples = Examples({"a": [np.ones(2), np.ones(3)], "b": np.ones((2, 1))}, np.ones((2, 1)))
    a, b = keras.Input((None,), name="a"), keras.Input((1,), name="b")
    pooled = keras.layers.GlobalAveragePooling1D()(keras.layers.Reshape((-1, 1))(a))
    model = keras.Model({"a": a, "b": b}, keras.layers.Add()([pooled, b]))
    model.compile("sgd", "mse")
    batches = SequenceBatcher(examples, 1, {"a": 1.0})
    assert model.evaluate(batches.dataset(), verbose=0) == pytest.approx(1.0)


def test_without_shuffling_the_order_is_that_of_the_examples():
    rows = [np.full(length, length) for length in (5, 2, 4, 1)]
    batcher = SequenceBatcher(Examples({"inputs": rows}, np.arange(4)), 2, {"inputs": 0}, shuffle=False)
    assert [batcher[number][1].tolist() for number in range(2)] == [[0, 1], [2, 3]]


def test_each_epoch_has_a_new_order_without_being_told():
    batcher = SequenceBatcher(Examples({"inputs": np.arange(8.0).reshape(8, 1)}, np.zeros((8, 1))), 4, seed=1)
    data, epochs = batcher.dataset(), []
    for _ in range(3):
        if data is batcher:  # Keras calls on_epoch_end of a PyDataset.
            batches = [batcher[number] for number in range(len(batcher))]
            batcher.on_epoch_end()
        else:
            batches = list(data)
        epochs.append([np.ravel(inputs).tolist() for inputs, _ in batches])
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert all(sorted(sum(epoch, [])) == list(range(8)) for epoch in epochs)


def test_the_dtype_holds_every_row():
    rows = [np.array([1, 2]), np.array([0.5, 1.5, 2.5])]
    batcher = SequenceBatcher(Examples({"inputs": rows}, np.arange(2)), 2, {"inputs": 0}, shuffle=False)
    np.testing.assert_array_equal(batcher[0][0], [[1, 2, 0], [0.5, 1.5, 2.5]])


@pytest.mark.parametrize(
    "padding, message",
    [
        ({"input": 0}, "padding names input; the fields are inputs, targets"),
        ({}, "rows of inputs differ in length"),
        ({"inputs": 0.5}, "is no int64"),
    ],
)
def test_padding_must_fit_the_fields(padding, message):
    examples = Examples({"inputs": [np.array([1, 2]), np.array([3])]}, np.arange(2))
    with pytest.raises(ValueError, match=message):
        SequenceBatcher(examples, 2, padding)
