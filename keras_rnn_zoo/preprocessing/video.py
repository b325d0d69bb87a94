"""A video as the frames that a model sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.files import check_path, is_npy, read_npy
from keras_rnn_zoo.preprocessing.picture import opened, read_picture


def read_video(video, shape: tuple[int, int, int]) -> np.ndarray:
    """The frames of a video, each of `shape`: `(frames, *shape)`, float32 from 0 to 1.

    Args:
        video: the path of a folder of pictures, in the order of their names, or of an animated picture that Pillow reads
            (GIF, WebP, APNG), every frame of which is stretched to that height and width; or an array `(frames, *shape)`,
            of bytes or of floats from 0 to 1, or the path of one (.npy). How fast it runs is not looked at.
        shape: of a frame, `(height, width, channels)`; one channel is grey, three are red, green and blue.

    Raises:
        ZooError: the path is empty, there is no such file or folder, there is no frame, a frame is no picture, or the array does not fit.

    >>> read_video(np.full((7, 2, 2, 1), 255, "uint8"), (2, 2, 1)).shape
    (7, 2, 2, 1)
    """
    if isinstance(video, (str, Path)):
        check_path(video, "video")
    video = read_npy(video) if is_npy(video) else video
    if isinstance(video, np.ndarray):
        frames = list(video) if video.ndim else []
    elif isinstance(video, (str, Path)):
        frames = sorted(Path(video).iterdir()) if Path(video).is_dir() else _frames_of(video)
    else:
        raise ZooError(f"A video should be a path or an array, received {type(video).__name__}.")
    if not frames:
        raise ZooError(f"A video should have at least one frame, received none in {video!r:.80}.")
    return np.stack([read_picture(frame, shape) for frame in frames])


def _frames_of(path) -> list:
    """The pictures in the file of an animated one."""
    from PIL import ImageSequence

    with opened(path) as file:
        return [frame.copy() for frame in ImageSequence.Iterator(file)]
