"""A recording is heard in a graph as in Python."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from keras_rnn_zoo.errors import ZooError  # noqa: E402
from keras_rnn_zoo.preprocessing.audio import log_mel  # noqa: E402
from keras_rnn_zoo.preprocessing.graph_recording import GraphRecording  # noqa: E402
from keras_rnn_zoo.preprocessing.recording import heard  # noqa: E402

FEATURES = {"rate": 8000, "window": 0.025, "hop": 0.0125, "bands": 20, "mean": -6.3, "deviation": 3.7, "stack": 3}
ODD = {"rate": 11025, "window": 0.0213, "hop": 0.00999, "bands": 13, "mean": 0.1, "deviation": 1.0, "stack": 1}


def padded(rows, garbage):
    longest = max(map(len, rows))
    return np.stack([np.concatenate([r, np.full((longest - len(r), *r.shape[1:]), garbage, np.float32)]) for r in rows])


def lengths_of(rows):
    return np.array(list(map(len, rows)), np.int32)


@pytest.mark.parametrize("garbage", [0.0, 1e30, np.nan])
@pytest.mark.parametrize("fill", [0.0, -7.5])
@pytest.mark.parametrize("features", [FEATURES, ODD, {**FEATURES, "stack": 4}])
def test_energies_are_normalized_and_joined(features, fill, garbage):
    rng = np.random.default_rng(1)
    rows = [rng.normal(-5, 3, (count, features["bands"])).astype("float32") for count in (1, 2, 3, 4, 7, 12, 13)]
    frames, lengths = [part.numpy() for part in GraphRecording(features, fill)(padded(rows, garbage), lengths_of(rows))]
    assert frames.dtype == np.float32 and lengths.dtype == np.int32
    for row, found, count in zip(rows, frames, lengths):
        np.testing.assert_allclose(found[:count], heard(row, features), rtol=1e-6, atol=1e-6)
        assert (found[count:] == fill).all()


@pytest.mark.parametrize("garbage", [0.0, np.nan])
@pytest.mark.parametrize("features", [FEATURES, ODD])
def test_samples_become_energies(features, garbage):
    rng, window = np.random.default_rng(2), round(features["window"] * features["rate"])
    counts = [*range(window, window + 230, 7), 5000, 9999]
    rows = [(rng.uniform(-1, 1, count) * rng.uniform(0, 1)).astype("float32") for count in counts]
    rows.append(np.zeros(3000, np.float32))
    energies, lengths = GraphRecording(features).energies(padded(rows, garbage), lengths_of(rows))
    for row, found, count in zip(rows, energies.numpy(), lengths.numpy()):
        expected = log_mel(row, *(features[name] for name in ("rate", "bands", "window", "hop")))
        assert count == len(expected)
        np.testing.assert_allclose(found[:count], expected, atol=1e-5)
        assert not found[count:].any()


def test_a_saved_model_hears_samples(tmp_path):
    hears = GraphRecording(FEATURES, -1.0)

    def hear(samples, lengths):
        frames, count = hears(*hears.energies(samples, lengths))
        return {"frames": frames, "lengths": count}

    specification = [tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([None], tf.int32)]
    tf.saved_model.save(hears, str(tmp_path), tf.function(hear, specification))
    loaded = tf.saved_model.load(str(tmp_path))
    rows = [np.random.default_rng(3).uniform(-1, 1, count).astype("float32") for count in (4000, 2500)]
    answer = loaded.signatures["serving_default"](
        samples=tf.constant(padded(rows, 0)), lengths=tf.constant(lengths_of(rows))
    )
    for row, found, count in zip(rows, answer["frames"].numpy(), answer["lengths"].numpy()):
        np.testing.assert_allclose(found[:count], heard((row, 8000), FEATURES), atol=1e-5)
    frames, lengths = hears(tf.zeros([0, 5, 20]), tf.zeros([0], tf.int32))
    assert frames.shape == (0, 2, 60) and lengths.shape == (0,)
    assert hears.energies(tf.zeros([0, 5000]), tf.zeros([0], tf.int32))[0].shape[0] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda hears: hears.energies(np.zeros((2, 300), "float32"), [300, 199]), "at least 200 samples"),
        (lambda hears: hears.energies(np.zeros((1, 300), "float32"), [301]), "No length should be more"),
        (lambda hears: hears.energies(np.full((1, 300), np.inf, "float32"), [300]), "samples should be finite"),
        (lambda hears: hears(np.zeros((1, 3, 20), "float32"), [0]), "at least 1 frames"),
        (lambda hears: hears(np.zeros((1, 3, 20), "float32"), [4]), "No length should be more"),
        (lambda hears: hears(np.full((1, 3, 20), np.nan, "float32"), [3]), "energies should be finite"),
    ],
)
def test_what_cannot_be_heard(call, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        call(GraphRecording(FEATURES))


def test_features_that_say_too_little():
    with pytest.raises(ZooError, match="`features` should say what the model hears: rate, window, .*; received rate"):
        GraphRecording({"rate": 8000})
