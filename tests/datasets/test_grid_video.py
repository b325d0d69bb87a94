"""GRID's lips: sizes, both kinds of labels, the floors, and malformed files."""

import numpy as np
import pytest

from keras_rnn_zoo.builders import build_frame_classifier
from keras_rnn_zoo.datasets import grid_video, load
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training.objectives import baseline_of
from keras_rnn_zoo.training.samples import samples


def made(tmp_path, monkeypatch, **arrays):
    """A data folder with a file of three random videos, one a split, in which `arrays` replace some; `None` removes."""
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    path = tmp_path / grid_video.FILE
    path.parent.mkdir()
    rng = np.random.default_rng(0)
    contents = {
        "frames": rng.integers(0, 256, (3, 75, 20, 36), np.uint8),
        "slot": rng.integers(0, 7, (3, 75), np.uint8),
        "word": rng.integers(0, 52, (3, 75), np.uint8),
        "slots": np.array([f"slot {n}" for n in range(7)]),
        "words": np.array([f"word {n}" for n in range(52)]),
        "split": np.array(["valid", "train", "test"]),
    } | arrays
    np.savez(path, **{name: array for name, array in contents.items() if array is not None})
    return path, contents


@pytest.mark.parametrize(("label", "names", "outputs"), [("slot", "slots", 7), ("word", "words", 52)])
def test_frames_and_labels(tmp_path, monkeypatch, label, names, outputs):
    _, contents = made(tmp_path, monkeypatch)
    dataset = load("grid_video", label=label)
    spec = dataset.spec
    assert (spec.pattern, spec.objective) == ("many_to_many_aligned", "labels")
    assert spec.builder_arguments == {"input_shape": (None, 20, 36, 1), "outputs": outputs}
    assert spec.labels == tuple(contents[names].tolist())
    for split, place in (("train", 1), ("validation", 0), ("test", 2)):
        examples = getattr(dataset, split)
        frames = examples.inputs["inputs"]
        assert frames.dtype == np.float32 and frames.shape == (1, 75, 20, 36, 1)
        np.testing.assert_allclose(frames[0, ..., 0] * 255, contents["frames"][place], atol=1e-4)
        np.testing.assert_array_equal(examples.targets[0], contents[label][place])
    baseline = baseline_of(dataset, dataset.test)
    assert baseline["label_accuracy_by_position"] == np.mean(contents[label][1] == contents[label][2])


def test_what_is_shown_of_a_trained_model(tmp_path, monkeypatch):
    _, contents = made(
        tmp_path, monkeypatch, slot=np.repeat([[0, 3, 0]], [40, 30, 5], axis=1).repeat(3, axis=0).astype("uint8")
    )
    dataset = load("grid_video")
    model = build_frame_classifier((None, 20, 36, 1), 7, 4, filters=(2,), image_units=2)
    (line,) = samples(model, None, dataset, dataset.test)
    answered, right = line.removesuffix(")").split("   (right: ")
    assert right == "slot 0 40 slot 3 30 slot 0 5"
    predicted = model.predict(dataset.test.inputs["inputs"], verbose=0)[0].argmax(axis=-1)
    words = answered.split()
    assert [int(n) for n, steps in zip(words[1::3], words[2::3]) for _ in range(int(steps))] == predicted.tolist()


@pytest.mark.data
@pytest.mark.parametrize(("label", "by_position"), [("slot", 0.7305), ("word", 0.5355)])
def test_the_real_videos(label, by_position):
    dataset = load("grid_video", label=label)
    splits = (dataset.train, dataset.validation, dataset.test)
    assert [len(split) for split in splits] == [800, 100, 100]
    videos = {video.tobytes() for split in splits for video in split.inputs["inputs"]}
    assert len(videos) == 1_000, "a video is in two splits"
    assert dataset.spec.labels[0] in ("silence", "sil")
    for split in splits:
        frames = split.inputs["inputs"]
        assert 0 <= frames.min() and frames.max() <= 1 and frames.max(axis=(2, 3, 4)).min() > 0, "a frame is padding"
    baseline = baseline_of(dataset, dataset.test)
    assert baseline["label_accuracy"] == pytest.approx(0.4992, abs=1e-4)
    assert baseline["label_accuracy_by_position"] == pytest.approx(by_position, abs=1e-4)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"frames": np.zeros((3, 75, 20, 35), np.uint8)},
            r"frames should be unsigned integers of shape \(None, 75, 20, 36\)",
        ),
        ({"frames": np.zeros((3, 75, 20, 36), np.uint16)}, "frames should be bytes, received uint16"),
        ({"word": None}, "should hold frames, slot, word"),
        ({"slot": np.zeros((2, 75), np.uint8)}, "one row an example"),
        ({"slot": np.full((3, 75), 7, np.uint8)}, "slot should number the names in slots, received 7"),
        (
            {"split": np.array(["train", "dev", "test"])},
            r"split should name \['test', 'train', 'valid'\], received .*dev",
        ),
    ],
)
def test_a_malformed_file(tmp_path, monkeypatch, arrays, message):
    made(tmp_path, monkeypatch, **arrays)
    with pytest.raises(ZooError, match=message):
        load("grid_video")


@pytest.mark.parametrize("keep", [0, 100, -50])
def test_a_truncated_file(tmp_path, monkeypatch, keep):
    path, _ = made(tmp_path, monkeypatch)
    path.write_bytes(path.read_bytes()[:keep])
    message = "grid_s1_video.npz should be a NumPy .npz file.* made from talker 1 of https://zenodo.org.*; KERAS_RNN_ZOO_DATA says"
    with pytest.raises(ZooError, match=message):
        load("grid_video")


def test_a_missing_file(tmp_path, monkeypatch):
    path, _ = made(tmp_path, monkeypatch)
    path.unlink()
    with pytest.raises(
        ZooError, match="grid_s1_video.npz should be in .* from talker 1 of https://zenodo.org.*KERAS_RNN_ZOO_DATA"
    ):
        load("grid_video")


def test_a_bad_option():
    with pytest.raises(ZooError, match="Unknown `label` 'letter'. Known: slot, word"):
        load("grid_video", label="letter")
