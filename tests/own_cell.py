"""A cell that the zoo does not know, as a user would write it."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("tests")
class OwnCell(keras.layers.Layer):
    """h_t = (1 - a) h_{t-1} + a tanh(W x_t + U h_{t-1})."""

    def __init__(self, units, leak=0.5, **kwargs):
        super().__init__(**kwargs)
        self.units, self.leak = units, leak
        self.state_size = self.output_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight((self.units, self.units), name="recurrent_kernel")

    def call(self, inputs, states):
        h = states[0]
        new = ops.tanh(ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel))
        h = (1 - self.leak) * h + self.leak * new
        return h, [h]

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "leak": self.leak}
