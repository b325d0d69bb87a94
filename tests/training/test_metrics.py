"""Metrics are means over all real steps of a split, however the batches fell; a NumPy reference says what they are."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.preprocessing import Vocabulary
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.decoded import exact_match
from keras_rnn_zoo.training.evaluate import baseline
from keras_rnn_zoo.training.metrics import FrameNats, SequenceAccuracy, SymbolAccuracy, SymbolNats, WithinTolerance

RNG = np.random.default_rng(3)
LENGTHS = [5, 1, 3, 7, 2, 2, 6]
SYMBOLS, NOTES = 6, 4
TARGETS = [RNG.integers(0, SYMBOLS, length) for length in LENGTHS]
LOGITS = [RNG.normal(size=(length, SYMBOLS)) * 2 for length in LENGTHS]
PROBABILITIES = [np.exp(x) / np.exp(x).sum(-1, keepdims=True) for x in LOGITS]
FRAMES = [RNG.integers(0, 2, (length, NOTES)).astype("float32") for length in LENGTHS]
RATES = [RNG.uniform(0.05, 0.95, (length, NOTES)) for length in LENGTHS]
# Rows of which all steps are right, or a sequence would hardly ever be.
for number in (1, 3):
    TARGETS[number] = LOGITS[number].argmax(-1)


def symbol_nats():
    return -np.log(np.concatenate([p[np.arange(len(t)), t] for p, t in zip(PROBABILITIES, TARGETS)]))


def right():
    return [p.argmax(-1) == t for p, t in zip(PROBABILITIES, TARGETS)]


def frame_nats():
    rates, frames = np.concatenate(RATES), np.concatenate(FRAMES)
    return -(frames * np.log(rates) + (1 - frames) * np.log(1 - rates)).sum(-1)


CASES = {
    "nats": (SymbolNats, TARGETS, PROBABILITIES, lambda: symbol_nats().mean()),
    "accuracy": (SymbolAccuracy, TARGETS, PROBABILITIES, lambda: np.concatenate(right()).mean()),
    "sequences": (SequenceAccuracy, TARGETS, PROBABILITIES, lambda: np.mean([row.all() for row in right()])),
    "frames": (FrameNats, FRAMES, RATES, lambda: frame_nats().mean()),
}


def padded(rows, value):
    longest = max(map(len, rows))
    return np.stack(
        [np.pad(row, [(0, longest - len(row))] + [(0, 0)] * (row.ndim - 1), constant_values=value) for row in rows]
    )


def mask_of(rows):
    return padded([np.ones(len(row), bool) for row in rows], False)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_pooled_over_ragged_batches(case, batch_size):
    make, targets, predictions, reference = CASES[case]
    metric = make()
    for start in range(0, len(targets), batch_size):
        chosen = slice(start, start + batch_size)
        # What lies under the padding is right by chance, and must not count.
        y = padded(predictions[chosen], 1 / SYMBOLS).astype("float32")
        y = keras.ops.convert_to_tensor(y)
        keras.src.backend.set_keras_mask(y, keras.ops.convert_to_tensor(mask_of(predictions[chosen])))
        metric.update_state(keras.ops.convert_to_tensor(padded(targets[chosen], 0)), y)
    assert float(metric.result()) == pytest.approx(reference(), rel=1e-5)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_within_tolerance():
    metric = WithinTolerance()
    metric.update_state(np.array([[0.0], [1.0]]), np.array([[0.19], [1.21]]))
    metric.update_state(np.array([[0.5]]), np.array([[0.4]]))
    assert float(metric.result()) == pytest.approx(2 / 3)


@pytest.mark.parametrize("make", [SymbolNats, SymbolAccuracy, SequenceAccuracy, FrameNats, WithinTolerance])
def test_round_trip(make):
    metric = make(name="own")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert type(again) is make and again.name == "own" and again.dtype == metric.dtype


@pytest.mark.parametrize("batch_size", [1, 3, 7])
@pytest.mark.parametrize("case", ["nats", "accuracy", "sequences"])
def test_model_evaluate_pools_too(case, batch_size):
    """An embedding whose rows are the logits makes a model with known predictions."""
    make, _, _, reference = CASES[case]
    starts = np.cumsum([1, *LENGTHS[:-1]])
    rows = [np.arange(start, start + length, dtype="int32") for start, length in zip(starts, LENGTHS)]
    inputs = keras.Input((None,), dtype="int32")
    embedding = keras.layers.Embedding(sum(LENGTHS) + 1, SYMBOLS, mask_zero=True)
    model = keras.Model(inputs, keras.layers.Activation("softmax")(embedding(inputs)))
    embedding.set_weights([np.concatenate([np.zeros((1, SYMBOLS)), *LOGITS])])
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=[make(name="metric")])
    batches = SequenceBatcher(
        Examples({"inputs": rows}, TARGETS), batch_size, {"inputs": 0, "targets": 0}, shuffle=False
    )
    scores = model.evaluate(batches.dataset(), return_dict=True, verbose=0)
    assert scores["metric"] == pytest.approx(reference(), rel=1e-5)


def dataset(objective, train, test, **spec):
    def examples(targets):
        return Examples({"inputs": np.zeros((len(targets), 1))}, targets)

    about = DatasetSpec("d", "", "many_to_one", objective, {}, **spec)
    return Dataset(examples(train), examples(test), examples(test), about)


def test_majority_class():
    data = dataset("class", np.array([2, 2, 1, 0]), np.array([2, 1, 1, 0]))
    assert baseline(data, data.test) == {"name": "the commonest class", "accuracy": 0.25}


def test_majority_label():
    data = dataset("labels", [np.array([0, 1]), np.array([1])], [np.array([1, 1]), np.array([0, 1, 1])])
    scores = baseline(data, data.test)
    assert scores["label_accuracy"] == 0.8 and scores["sequence_accuracy"] == 0.5


def test_each_symbols_commonest_label():
    train = Examples({"inputs": [np.array([4, 5]), np.array([4, 4, 6])]}, [np.array([1, 2]), np.array([1, 0, 2])])
    asked = [np.array([4, 5, 6]), np.array([7, 4])]  # 7 is new, and 1 and 2 are as common: the first of them
    test = Examples({"inputs": asked}, [np.array([1, 2, 2]), np.array([1, 0])])
    data = Dataset(train, test, test, DatasetSpec("d", "", "many_to_many_aligned", "labels", {}))
    assert baseline(data, data.test) == {
        "name": "each symbol's commonest label",
        "label_accuracy": 0.8,
        "sequence_accuracy": 0.5,
    }


def test_mean_number():
    data = dataset("number", np.array([[0.0], [1.0]]), np.array([[0.5], [0.35], [1.0]]))
    scores = baseline(data, data.test)
    assert scores["within_tolerance"] == pytest.approx(2 / 3)
    assert scores["mean_squared_error"] == pytest.approx((0 + 0.0225 + 0.25) / 3)


def test_symbol_frequencies():
    data = dataset("symbols", [np.array([4, 4, 5]), np.array([4])], [np.array([4, 5, 6])])
    # Counts with one added, ids 0 to 6: 1 1 1 1 4 2 1, of 11.
    nats = -np.mean(np.log([4 / 11, 2 / 11, 1 / 11]))
    scores = baseline(data, data.test)
    assert scores["nats_per_symbol"] == pytest.approx(nats) and scores["symbol_accuracy"] == pytest.approx(1 / 3)
    assert scores["perplexity"] == pytest.approx(np.exp(nats))


def test_note_frequencies():
    train, test = [np.array([[1, 0], [1, 0]]), np.array([[0, 0]])], [np.array([[1, 1]])]
    data = dataset("notes", train, test)
    assert baseline(data, data.test)["nats_per_frame"] == pytest.approx(-np.log(2.5 / 4) - np.log(0.5 / 4))


def test_written_answers_have_a_baseline_too():
    words = {"targets": Vocabulary(["a", "b"])}
    data = dataset("symbols", [[4, 3], [4, 3], [5, 3]], [[4, 3], [5, 3], [4, 5, 3]], writes=True, vocabularies=words)
    assert baseline(data, data.test)["exact_match"] == pytest.approx(1 / 3)


def test_exact_match_ends_at_the_end():
    assert exact_match([[[4, 3]], [[5, 3], [4, 3]], [[4, 3]]], [[4], [4], [4, 4]]) == pytest.approx(2 / 3)


def test_every_objective_has_a_direction_and_a_headline_among_its_metrics():
    for objective in objectives.OBJECTIVES.values():
        if objective.headline is None:  # What is written is judged.
            continue
        assert objective.headline in [metric.name for metric in objective.metrics()]
        assert objective.larger_is_better == ("nats" not in objective.headline)
