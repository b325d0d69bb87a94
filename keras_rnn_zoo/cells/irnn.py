"""Rectified units that start as a memory."""

import keras

from keras_rnn_zoo.cells.simple_rnn import SimpleRNNCell


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class IRNNCell(SimpleRNNCell):
    """`h_t = relu(W h_{t-1} + U x_t + b)`, W starting as the identity (Le, Jaitly & Hinton 2015, "A simple way to
    initialize recurrent networks of rectified linear units").

    x_t: `(features,)`; h_t: `(units,)`. At the start, without input, the state stays as it is. `kernel` is U, which
    the authors draw with standard deviation 0.001, `recurrent_kernel` W, `bias` b, which starts at zero: the weights
    of `SimpleRNNCell`.

    Also known as: identity RNN; with `recurrent_initializer=keras.initializers.Identity(0.01)` iRNN for short
    dependencies. Not to be confused with IndRNN, whose W stays diagonal.

    Parameters, for d features and h units: `d h + h h + h`.

    Args:
        units: the width of the state.
        activation: see `Cell`.
        kernel_initializer: how U starts; `None`: normal with standard deviation 0.001.
        recurrent_initializer: how W starts.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(IRNNCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    def __init__(
        self, units, *, activation="relu", kernel_initializer=None, recurrent_initializer="identity", **options
    ):
        super().__init__(
            units,
            activation=activation,
            kernel_initializer=kernel_initializer or keras.initializers.RandomNormal(stddev=0.001),
            recurrent_initializer=recurrent_initializer,
            **options,
        )
