"""A small CNN that turns a picture into a vector."""

from numbers import Real

import keras

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError


def build_image_encoder(
    input_shape,
    units,
    *,
    filters=(16, 32, 64),
    kernel_size=3,
    batch_normalization=False,
    augment=0.0,
    name="image_encoder",
):
    """Convolutions with max-pooling between them, then a dense layer; trained together with what stands above it.

    Args:
        input_shape: `(height, width, channels)`.
        units: the width of the vector; `None`: there is none, the grid comes out.
        filters: the number of filters of each convolution; each but the last halves height and width.
        kernel_size: the convolutions' height and width.
        batch_normalization: normalise what each convolution gives before its rectifier (Ioffe & Szegedy 2015).
        augment: how much pictures are varied in training, from 0 (not at all) to 1. At 1 they are moved by up to 20% of
            their size, zoomed by up to 40% and turned by up to 36 degrees, what comes in from outside being the border's
            colour; brightness and contrast change by up to 50%, and of three channels the saturation from grey to full
            colour. Their values must lie in [0, 1].

    Input: `(batch, height, width, channels)`. Output: `(batch, units)`, or with `units=None` the grid of the last convolution,
    `(batch, height, width, filters)`.

    Raises:
        ZooError: the shape is no picture's or too small for so many filters, or `augment` is not in [0, 1].

    >>> build_image_encoder((20, 64, 1), 128).output_shape
    (None, 128)
    """
    if len(input_shape) != 3 or None in input_shape:
        raise ZooError(f"A picture's shape is (height, width, channels), all known; received {tuple(input_shape)}.")
    if min(input_shape[:2]) < 2 ** (len(filters) - 1):
        raise ZooError(f"{len(filters)} convolutions halve {tuple(input_shape[:2])} to nothing: give fewer filters.")
    picture = keras.Input(tuple(input_shape), name="picture")
    x = picture
    for layer in _augmentation(augment, input_shape[-1]):
        x = layer(x)
    for number, count in enumerate(filters, start=1):
        if number > 1:
            x = keras.layers.MaxPooling2D(name=f"pool_{number - 1}")(x)
        x = keras.layers.Conv2D(count, kernel_size, padding="same", name=f"conv_{number}")(x)
        if batch_normalization:
            x = keras.layers.BatchNormalization(name=f"normalization_{number}")(x)
        x = keras.layers.ReLU(name=f"relu_{number}")(x)
    if units is not None:
        x = keras.layers.Flatten(name="flatten")(x)
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
        units = None if as_grid else 128 if image_units is None else positive(image_units, "image_units")
        return build_image_encoder(input_shape, units, filters=filters or (16, 32, 64), **options)
    if image_encoder is None and image_units is not None and filters is None and not any(options.values()):
        return keras.layers.Dense(image_units, activation="relu", name="features")
    if image_units is not None or filters is not None or any(options.values()):
        raise ZooError(
            f"{', '.join(['image_units', 'filters', *options])} belong to the built-in CNN: leave them out with an "
            "image_encoder or features."
        )
    return image_encoder


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
