"""A picture in, a sentence about it out."""

from keras_rnn_zoo.builders.image_encoder import image_encoder_for
from keras_rnn_zoo.builders.one_to_many import build_one_to_many


def build_captioner(
    input_shape,
    outputs,
    units,
    *,
    embedding_dim=64,
    cell="lstm",
    cell_options=None,
    skip_connections=None,
    norm_preserving=None,
    conditioning=None,
    attention=None,
    attention_units=None,
    input_feeding=None,
    readout_units=None,
    image_encoder=None,
    image_units=None,
    filters=None,
    batch_normalization=False,
    oriented_gradients=None,
    augment=0.0,
    input_dropout=0.0,
    dropout=0.0,
    name="captioner",
):
    """A CNN and a recurrent network that writes about what the CNN saw (Vinyals et al. 2015, "Show and Tell"; Karpathy &
    Fei-Fei 2015).

    Args:
        input_shape: `(height, width, channels)` for pictures, which a CNN trained end to end reads; `(features,)` for
            given features.
        outputs: number of symbols that can be written; id 0 is padding.
        units: the recurrence's width, or one for each layer.
        embedding_dim: the width of the written symbols' embeddings.
        cell, cell_options, skip_connections, norm_preserving, input_dropout, dropout: see `build_one_to_many`.
        conditioning: by default `"first_step"`, which shows the picture once, as if it were the first word (Vinyals);
            `"first_bias"`, a bias at the first step (Karpathy); `"initial_state"`, `"input"` or `"both"`. With attention
            `"initial_state"`.
        attention, attention_units, input_feeding, readout_units: look at the cells of a grid of features at every word
            (Xu et al. 2015, "Show, attend and tell"), see `build_one_to_many`.
        image_encoder: a Keras model from pictures to a vector, in place of the built-in CNN; with attention to a grid. For
            instance `keras.applications.MobileNetV2(include_top=False, pooling="avg")`; for a grid without `pooling`.
        image_units, filters: the built-in CNN's, see `build_image_encoder`; by default 128, with attention the grid of the
            last convolution, and (16, 32, 64). Of given features, the width of a dense layer over them, if there is to be one.
        batch_normalization, oriented_gradients, augment: in the built-in CNN normalise each convolution, read a histogram of
            oriented gradients of that cell size in place of pixels, and vary the pictures in training, from 0 to 1, see
            `build_image_encoder`. With `filters=()` and `image_units=0` the histogram itself is what is written about.

    Inputs: `context`, the pictures or features; `previous`, the sentence shifted by one step to the right. Output:
    `(batch, timesteps, outputs)`.

    >>> build_captioner((20, 64, 1), 40, 64).output_shape
    (None, None, 40)
    """
    image_encoder = image_encoder_for(
        input_shape,
        image_encoder,
        image_units,
        filters,
        as_grid=bool(attention),
        batch_normalization=batch_normalization,
        oriented_gradients=oriented_gradients,
        augment=augment,
    )
    return build_one_to_many(
        input_shape,
        outputs,
        units,
        cell=cell,
        cell_options=cell_options,
        skip_connections=skip_connections,
        norm_preserving=norm_preserving,
        embedding_dim=embedding_dim,
        conditioning=conditioning or ("initial_state" if attention else "first_step"),
        attention=attention,
        attention_units=attention_units,
        input_feeding=input_feeding,
        readout_units=readout_units,
        encoder=image_encoder,
        input_dropout=input_dropout,
        dropout=dropout,
        name=name,
    )
