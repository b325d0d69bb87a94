"""The book's recurrent network."""

import keras

from keras_rnn_zoo.cells.deep_transition_rnn import DeepTransitionRNNCell


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class SimpleRNNCell(DeepTransitionRNNCell):
    """`h_t = tanh(b + W h_{t-1} + U x_t)` (Goodfellow et al. 2016, eqs. 10.8-10.9; Elman 1990).

    x_t: `(features,)`; h_t: `(units,)`. `kernel` is U, `recurrent_kernel` W, `bias` b: the weights of
    `keras.layers.SimpleRNN`, in its order. It is a deep transition without hidden layers, and shares its backward pass.

    Also known as: Elman network, vanilla RNN, fully connected RNN. Not to be confused with a Jordan network, whose outputs
    recur, see `OutputRecurrentRNNCell`.

    Parameters, for d features and h units: `d h + h h + h`.

    Args:
        units: the width of the state.
        **options: see `Cell`.

    >>> tuple(keras.layers.RNN(SimpleRNNCell(8))(keras.ops.zeros((2, 5, 3))).shape)
    (2, 8)
    """

    refuses = ("transition_units", "shortcut")

    def __init__(self, units, **options):
        self.check_options(options)
        super().__init__(units, transition_units=[], **options)

    def get_config(self):
        return self.without_refused(super().get_config())
