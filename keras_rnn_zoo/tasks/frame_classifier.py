"""A video in, a label for each of its frames out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.preprocessing.video import read_video
from keras_rnn_zoo.tasks.answering import probabilities
from keras_rnn_zoo.tasks.task import Task, check_outputs, checked_array, pairs_of, refuse_options


class FrameClassifier(Task):
    """A model that labels every frame of a video, or every step of another sequence of arrays.

    Args:
        model: for instance a `build_frame_classifier`, or a `build_many_to_many_aligned` over vectors, compiled if it is to be
            trained.
        labels: the classes' names, in the order of the model's answers.
        fill: the value of the steps that fill shorter sequences on the right, which is the model's `mask_value`; `None`: none do.
        about: see `Task`.

    Call arguments:
        video: what the model was built to see, or a list of it: the path of an animated picture or of a folder of pictures, or
            an array `(frames, height, width, channels)` of bytes or of floats from 0 to 1 (see
            `preprocessing.video.read_video`); for a model over vectors an array `(steps, width)`.
        return_probabilities: give each label with its probability: `(label, probability)`.

    Returns:
        `[label, ...]`, one a frame; for a list of videos a list of that.

    Examples, for `fit` and `preprocess`: pairs of a video and the list of its frames' labels.

    Raises:
        ZooError: labels do not fit the model, a video cannot be read or has a frame that means padding, or a label is unknown or
            missing.

    >>> from keras_rnn_zoo import builders
    >>> model = builders.build_frame_classifier((None, 8, 8, 1), 2, 4, filters=(2,), image_units=4)
    >>> len(FrameClassifier(model, ["silence", "speech"])(np.ones((5, 8, 8, 1))))
    5
    """

    pattern, objective = "many_to_many_aligned", "labels"

    def __init__(self, model, labels: Sequence[str], *, fill: float | None = 0.0, about: dict | None = None):
        super().__init__(model, about)
        self.labels, self.fill = tuple(labels), fill
        self.shape = tuple(model.input_shape[1:])
        check_outputs(model, len(self.labels), "there are so many labels:")

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> FrameClassifier:
        """The task of a trained `model`, from the content of its `dataset.json`."""
        labels = about["labels"] or [str(number) for number in range(model.output_shape[-1])]
        return cls(model, labels, about=about, **{"fill": about["padding"].get("inputs"), **settings})

    def __call__(self, video, *, return_probabilities: bool = False, **unknown):
        refuse_options(self, unknown)
        single = not isinstance(video, (list, tuple))
        rows = [self.read(one) for one in ([video] if single else video)]
        answers = probabilities(self.model, rows, self.fill)
        labelled = [[self._labelled(step, return_probabilities) for step in answer] for answer in answers]
        return labelled[0] if single else labelled

    def _labelled(self, probability, return_probabilities):
        best = int(probability.argmax())
        return (self.labels[best], float(probability[best])) if return_probabilities else self.labels[best]

    def read(self, video) -> np.ndarray:
        """A video as the model sees it, float32 of its shape."""
        frames = read_video(video, self.shape[1:]) if len(self.shape) == 4 else checked_array(video, self.shape)
        if self.fill is not None:
            empty = np.flatnonzero((frames == self.fill).all(axis=tuple(range(1, frames.ndim))))
            if len(empty):
                raise ZooError(
                    f"Frame {empty[0] + 1} of {len(frames)} is {self.fill:g} everywhere, which means padding to this model: "
                    "leave such frames out."
                )
        return frames

    def examples(self, raw) -> Examples:
        """Pairs of a video and its frames' labels, as numbers."""
        videos, labels = pairs_of(raw, "a video and the list of its frames' labels")
        inputs = [self.read(video) for video in videos]
        return Examples({"inputs": inputs}, [self._numbers(row, frames) for row, frames in zip(labels, inputs)])

    def _numbers(self, labels, frames) -> np.ndarray:
        if len(labels) != len(frames):
            raise ZooError(f"Each of the {len(frames)} frames should have a label, received {len(labels)} labels.")
        for label in labels:
            if label not in self.labels:
                raise unknown_name("label", label, self.labels)
        return np.array([self.labels.index(label) for label in labels], np.int32)

    @property
    def padding(self) -> dict[str, float]:
        """Frames, and labels behind the mask of the frames."""
        return {} if self.fill is None else {"inputs": self.fill, "targets": 0}

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        seen = dict(zip(("height", "width", "channels"), self.shape[1:])) if len(self.shape) == 4 else {}
        return {**super().to_dict(), "labels": list(self.labels), "features": seen}
