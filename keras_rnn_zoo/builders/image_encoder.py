"""A small CNN that turns a picture into a vector."""

from numbers import Real

import keras

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.oriented_gradients import OrientedGradients


def build_image_encoder(
    input_shape,
    units,
    *,
    filters=(16, 32, 64),
    kernel_size=3,
    batch_normalization=False,
    oriented_gradients=None,
    augment=0.0,
    name="image_encoder",
):
    """Convolutions with max-pooling between them, then a dense layer; trained together with what stands above it.

    Args:
        input_shape: `(height, width, channels)`.
        units: the width of the vector; 0: the grid laid flat is the vector; `None`: there is none, the grid comes out.
        filters: the number of filters of each convolution; each but the last halves height and width. `()`: none.
        kernel_size: the convolutions' height and width.
        batch_normalization: normalise what each convolution gives before its rectifier (Ioffe & Szegedy 2015).
        oriented_gradients: the size in pixels of the cells of a histogram of oriented gradients and mean colours, which is
            then what the convolutions read, normalised over the batch, see `layers.OrientedGradients`. Few pictures
            teach it more than they teach convolutions alone.
        augment: how much pictures are varied in training, from 0 (not at all) to 1. At 1 they are moved by up to 20% of
            their size, zoomed by up to 40% and turned by up to 36 degrees, what comes in from outside being the border's
            colour; brightness and contrast change by up to 50%, and of three channels the saturation from grey to full
            colour. Their values must lie in [0, 1].

    Input: `(batch, height, width, channels)`. Output: `(batch, units)`, or with `units=None` the last grid, `(batch, height,
    width, filters)`.

    Raises:
        ZooError: the shape is no picture's or too small for so many filters or for a cell, or `augment` is not in [0, 1].

    >>> build_image_encoder((20, 64, 1), 128).output_shape
    (None, 128)
    """
    if len(input_shape) != 3 or None in input_shape:
        raise ZooError(f"A picture's shape is (height, width, channels), all known; received {tuple(input_shape)}.")
    picture = keras.Input(tuple(input_shape), name="picture")
    x = picture
    for layer in (*_augmentation(augment, input_shape[-1]), *_gradients(oriented_gradients)):
        x = layer(x)
    if min(x.shape[1:3]) < 2 ** (len(filters) - 1):
        raise ZooError(f"{len(filters)} convolutions halve {tuple(x.shape[1:3])} to nothing: give fewer filters.")
    for layer in _convolutions(filters, kernel_size, batch_normalization):
        x = layer(x)
    if units is not None:
        x = keras.layers.Flatten(name="flatten")(x)
    if units:
        x = keras.layers.Dense(units, activation="relu", name="features")(x)
    return keras.Model(picture, x, name=name)


def image_encoder_for(input_shape, image_encoder=None, image_units=None, filters=None, as_grid=False, **options):
    """The CNN that an application builder's options ask for. Where features are given in place of pictures: a dense layer of
    `image_units` over them, or `None`.

    Raises:
        ZooError: options of the CNN are given where none is built.
    """
    if image_encoder is None and len(input_shape) == 3:
        if as_grid and image_units is not None:
            raise ZooError(f"Attention looks at a grid of features, not at one vector of image_units={image_units}.")
        units = (
            None if as_grid else 128 if image_units is None else image_units and positive(image_units, "image_units")
        )
        filters = (16, 32, 64) if filters is None else tuple(filters)
        return build_image_encoder(input_shape, units, filters=filters, **options)
    if image_encoder is None and image_units is not None and filters is None and not any(options.values()):
        return keras.layers.Dense(positive(image_units, "image_units"), activation="relu", name="features")
    if image_units is not None or filters is not None or any(options.values()):
        raise ZooError(
            f"{', '.join(['image_units', 'filters', *options])} belong to the built-in CNN: leave them out with an "
            "image_encoder or features."
        )
    return image_encoder


def _gradients(cell_size):
    if cell_size is None:
        return []
    return [
        OrientedGradients(cell_size, name="oriented_gradients"),
        keras.layers.BatchNormalization(name="gradients_normalization"),
    ]


def _convolutions(filters, kernel_size, batch_normalization):
    for number, count in enumerate(filters, start=1):
        if number > 1:
            yield keras.layers.MaxPooling2D(name=f"pool_{number - 1}")
        yield keras.layers.Conv2D(count, kernel_size, padding="same", name=f"conv_{number}")
        if batch_normalization:
            yield keras.layers.BatchNormalization(name=f"normalization_{number}")
        yield keras.layers.ReLU(name=f"relu_{number}")


def _augmentation(strength, channels):
    """Keras's layers that vary pictures in training and leave them alone otherwise."""
    if isinstance(strength, bool) or not isinstance(strength, Real) or not 0 <= strength <= 1:
        raise ZooError(f"augment must be a number from 0 to 1, received {strength!r}.")
    if not strength:
        return []
    layers, beyond = keras.layers, {"fill_mode": "nearest"}
    varied = [
        layers.RandomTranslation(0.2 * strength, 0.2 * strength, name="move", **beyond),
        layers.RandomZoom(0.4 * strength, 0.4 * strength, name="zoom", **beyond),
        layers.RandomRotation(0.1 * strength, name="turn", **beyond),
        layers.RandomBrightness(0.5 * strength, value_range=(0, 1), name="brightness"),
        layers.RandomContrast(0.5 * strength, value_range=(0, 1), name="contrast"),
    ]
    if channels == 3:
        saturation = 0.5 - 0.5 * strength, 0.5 + 0.5 * strength  # 0 is grey, 0.5 as it was
        varied.append(layers.RandomSaturation(saturation, value_range=(0, 1), name="saturation"))
    return varied
