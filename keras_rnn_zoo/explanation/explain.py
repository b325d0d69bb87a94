"""What will happen when a recurrent model is trained and used, and what to change."""

from __future__ import annotations

import keras

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.explanation.clipping import clipping
from keras_rnn_zoo.explanation.finding import Finding
from keras_rnn_zoo.explanation.kernels import kernels
from keras_rnn_zoo.explanation.masks import masks
from keras_rnn_zoo.explanation.observation import observe
from keras_rnn_zoo.explanation.options import options
from keras_rnn_zoo.explanation.padding import padding
from keras_rnn_zoo.explanation.precision import precision


def explain(model: keras.Model, x=None, *, optimizer=None) -> list[Finding]:
    """Tells of each recurrent layer which kernel runs it and why no faster one, and what is likely to go wrong.

    The model is called once, at inference, and changed in nothing. Found are: kernels, here and on a GPU; masks that do not
    arrive; in `x`, padding that is not on the right; gradients that are not clipped by their joint norm; hazards of the
    dtypes; and arguments of Keras that cost speed or surprise: `stateful`, `unroll`, `recurrent_dropout`, `use_cudnn`,
    `jit_compile`, `TimeDistributed`.

    Args:
        model: a built Keras model, from a builder or one's own.
        x: a batch of inputs as `fit` takes it, whose padding is looked at. Without it the model is called on two rows of
            eight steps.
        optimizer: what will train it, a Keras optimizer or its name; by default the one that it is compiled with.

    Returns:
        The findings, a list of `Finding`: layer, subject, level (`"note"` or `"warning"`), text.

    Raises:
        ZooError: `model` is no Keras model, or cannot be called.

    >>> layers = [keras.Input((None, 3)), keras.layers.SimpleRNN(4, unroll=False, stateful=False, name="rnn")]
    >>> [(found.subject, found.level) for found in explain(keras.Sequential(layers), optimizer="sgd")]
    [('kernel', 'note'), ('mask', 'note'), ('clipping', 'warning')]
    """
    if not isinstance(model, keras.Model):
        raise ZooError(
            f"explain needs a keras.Model, received {type(model).__name__}: load_model reads one from a file."
        )
    seen = observe(model, x)
    return [
        *kernels(model, seen),
        *masks(model, seen),
        *(padding(model, seen, x) if x is not None else []),
        *clipping(model, optimizer),
        *precision(model, seen),
        *options(model),
    ]
