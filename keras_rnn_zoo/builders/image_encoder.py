"""A small CNN that turns a picture into a vector."""

import keras

from keras_rnn_zoo.errors import ZooError


def build_image_encoder(input_shape, units, *, filters=(16, 32, 64), kernel_size=3, name="image_encoder"):
    """Convolutions with max-pooling between them, then a dense layer; trained together with what stands above it.

    Args:
        input_shape: `(height, width, channels)`.
        units: the width of the vector.
        filters: the number of filters of each convolution; each but the last halves height and width.
        kernel_size: the convolutions' height and width.

    Input: `(batch, height, width, channels)`. Output: `(batch, units)`.

    >>> build_image_encoder((20, 64, 1), 128).output_shape
    (None, 128)
    """
    if len(input_shape) != 3 or None in input_shape:
        raise ZooError(f"A picture's shape is (height, width, channels), all known; received {tuple(input_shape)}.")
    if min(input_shape[:2]) < 2 ** (len(filters) - 1):
        raise ZooError(f"{len(filters)} convolutions halve {tuple(input_shape[:2])} to nothing: give fewer filters.")
    picture = keras.Input(tuple(input_shape), name="picture")
    x = picture
    for number, count in enumerate(filters, start=1):
        if number > 1:
            x = keras.layers.MaxPooling2D(name=f"pool_{number - 1}")(x)
        x = keras.layers.Conv2D(count, kernel_size, padding="same", activation="relu", name=f"conv_{number}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(units, activation="relu", name="features")(x)
    return keras.Model(picture, x, name=name)


def image_encoder_for(input_shape, image_encoder=None, image_units=None, filters=None):
    """The CNN that an application builder's options ask for; `None` where features are given in place of pictures.

    Raises:
        ZooError: `image_units` or `filters` are given where no CNN is built.
    """
    if image_encoder is None and len(input_shape) > 1:
        return build_image_encoder(input_shape, image_units or 128, filters=filters or (16, 32, 64))
    if image_units is not None or filters is not None:
        raise ZooError(
            "image_units and filters belong to the built-in CNN: leave them out with an image_encoder or features."
        )
    return image_encoder
