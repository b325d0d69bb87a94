"""How a trained model is driven one step at a time."""

from __future__ import annotations

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers import RNNDecoder, StackedRNN


class DecoderStepper:
    """Drives a model with an `RNNDecoder`: captioner, translator, any one-to-many or unaligned model."""

    def __init__(self, model):
        self.decoder = model.get_layer("decoder")
        self.output_activation = keras.activations.serialize(self.decoder.output_layer.activation)
        self.encoder = next((layer for layer in model.layers if layer.name == "encoder"), None)

    def start(self, inputs):
        """The state before the first step, for a source or context `(batch, ...)`."""
        encoded = self.encoder(inputs, training=False) if self.encoder is not None else inputs
        if isinstance(encoded, (list, tuple)):
            context, states = encoded[0], list(encoded[1:])
        else:
            context, states = encoded, None
        return [context, *self.decoder.start(context, states, training=False)]

    def step(self, symbols, state):
        """The outputs `(batch, symbols)` about what comes after `symbols` `(batch,)`, and the new state."""
        context, *states = state
        probabilities, states = self.decoder.step(symbols, context, states)
        return probabilities, [context, *states]


class LanguageModelStepper:
    """Drives a model that predicts the next symbol at every step: `build_language_model`."""

    def __init__(self, model):
        self.embedding = model.get_layer("embedding")
        self.recurrence = model.get_layer("recurrence")
        self.output = model.get_layer("output")
        self.output_activation = keras.activations.serialize(self.output.activation)
        # The layer of the model gives its sequence only; this one runs the same layers and gives their states too.
        self._stepping = StackedRNN(
            self.recurrence.layers, self.recurrence.skip_connections, return_state=True, name="stepping"
        )
        self._stepping.built = True

    def start(self, prompt):
        """The state after reading `prompt` `(batch, timesteps)`; with no steps, the state before anything was read."""
        states = self._stepping.get_initial_state(ops.shape(prompt)[0])
        if prompt.shape[1]:
            _, *states = self._stepping(self.embedding(prompt), initial_state=states, training=False)
        return states

    def step(self, symbols, states):
        """The outputs `(batch, symbols)` about what comes after `symbols` `(batch,)`, and the new states."""
        outputs, *states = self._stepping(self.embedding(symbols[:, None]), initial_state=states, training=False)
        return self.output(outputs[:, 0]), states


def stepper_for(model):
    """The stepper that fits `model`.

    Raises:
        ZooError: the model does not write sequences of symbols.
    """
    layers = {layer.name: layer for layer in model.layers}
    decoder = layers.get("decoder")
    if isinstance(decoder, RNNDecoder) and decoder.embedding_dim:
        return DecoderStepper(model)
    recurrence = layers.get("recurrence")
    causal = isinstance(recurrence, StackedRNN) and recurrence.return_sequences and not recurrence.bidirectional
    if causal and isinstance(layers.get("embedding"), keras.layers.Embedding):
        return LanguageModelStepper(model)
    raise ZooError(
        f"{model.name} does not write symbols: a language model, or a model whose decoder has an embedding_dim, is expected. "
        "Vectors are written step by step, see RNNDecoder.start and RNNDecoder.step."
    )
