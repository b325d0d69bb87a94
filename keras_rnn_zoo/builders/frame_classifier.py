"""A video in, a label for every frame out."""

import keras

from keras_rnn_zoo.builders.image_encoder import image_encoder_for
from keras_rnn_zoo.builders.output_layer import output_layer
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.fold_time import FoldTime
from keras_rnn_zoo.layers.stacked_rnn import stacked_rnn


def build_frame_classifier(
    input_shape,
    outputs,
    units,
    *,
    cell="lstm",
    cell_options=None,
    bidirectional=False,
    skip_connections=None,
    norm_preserving=None,
    image_encoder=None,
    image_units=None,
    filters=None,
    batch_normalization=False,
    mask_value=0.0,
    dropout=0.0,
    name="frame_classifier",
):
    """A CNN on each frame, a recurrent network over the frames (Karpathy 2015, last panel).

    Args:
        input_shape: `(timesteps, height, width, channels)`; `timesteps` may be `None`.
        outputs: number of labels.
        units: the recurrence's width, or one for each layer.
        cell, cell_options, bidirectional, skip_connections, norm_preserving, dropout: see `build_many_to_many_aligned`.
        image_encoder: a Keras model from one frame to a vector, in place of the built-in CNN.
        image_units, filters, batch_normalization: the built-in CNN's, see `build_image_encoder`; by default 128 and
            (16, 32, 64), without. Frames of padding count among those it is normalised by.
        mask_value: a frame all of whose pixels equal this value is padding; `None`: none is.

    Input: `inputs`, `(batch, timesteps, height, width, channels)`. Output: `(batch, timesteps, outputs)`, softmax.

    >>> build_frame_classifier((None, 20, 36, 1), 7, 64).output_shape
    (None, None, 7)
    """
    if len(input_shape) != 4:
        raise ZooError(f"A video's shape is (timesteps, height, width, channels), received {tuple(input_shape)}.")
    frames = keras.Input(tuple(input_shape), name="inputs")
    encoder = image_encoder_for(
        input_shape[1:], image_encoder, image_units, filters, batch_normalization=batch_normalization
    )
    features = FoldTime(encoder, mask_value, name="frame_encoder")(frames)
    recurrence = stacked_rnn(
        cell,
        units,
        cell_options=cell_options,
        bidirectional=bidirectional,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        dropout=dropout,
        name="recurrence",
    )
    return keras.Model(frames, output_layer(outputs, "softmax")(recurrence(features)), name=name)
