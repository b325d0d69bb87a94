"""Depth between the state and the answer."""

import keras

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class DeepOutput(keras.layers.Layer):
    """`y_t = phi_o(V_L phi(... phi(V_1 h_t)))`, biases left out (Pascanu et al. 2014, DOT-RNN; Goodfellow et al. 2016, fig.
    10.13b).

    Args:
        outputs: number of classes, or width of the answer.
        units: the width of the hidden layer, or of each.
        activation: phi_o, of the answer; in float32 whatever the precision below it.
        hidden_activation: phi, of the hidden layers.
        use_bias: add a bias to every layer.

    Input: `(batch, ..., features)`. Output: `(batch, ..., outputs)`.

    >>> tuple(DeepOutput(88, 400, "sigmoid")(keras.ops.zeros((2, 5, 300))).shape)
    (2, 5, 88)
    """

    def __init__(self, outputs, units, activation="softmax", hidden_activation="tanh", use_bias=True, **kwargs):
        super().__init__(**kwargs)
        widths = units if isinstance(units, (list, tuple)) else [units]
        if not widths:
            raise ZooError("output_units must be a width, or a list of one or more; received none.")
        self.outputs = positive(outputs, "outputs")
        self.units = [positive(width, "output_units") for width in widths]
        self.activation = keras.activations.get(activation)
        self.hidden_activation = keras.activations.get(hidden_activation)
        self.use_bias = use_bias
        self.hidden = [
            keras.layers.Dense(width, hidden_activation, use_bias, dtype=self.dtype_policy, name=f"hidden_{number}")
            for number, width in enumerate(self.units, start=1)
        ]
        self.last = keras.layers.Dense(outputs, activation, use_bias, dtype="float32", name="answer")
        self.supports_masking = True

    def build(self, states_shape):
        width = states_shape[-1]
        for layer in (*self.hidden, self.last):
            layer.build((*states_shape[:-1], width))
            width = layer.units
        self.built = True

    def call(self, states):
        for layer in self.hidden:
            states = layer(states)
        return self.last(states)

    def compute_output_spec(self, states):
        return keras.KerasTensor((*states.shape[:-1], self.outputs), dtype="float32")

    def get_config(self):
        return {
            **super().get_config(),
            "outputs": self.outputs,
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "hidden_activation": keras.activations.serialize(self.hidden_activation),
            "use_bias": self.use_bias,
        }
