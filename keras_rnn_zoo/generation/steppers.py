"""How a trained model is driven one step at a time: `state = start(...)`, then `outputs, state = step(symbols, ...)`."""

from __future__ import annotations

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation.inputs import check_prompts, check_sources
from keras_rnn_zoo.layers import AttentionDecoder, RNNDecoder, StackedRNN


class DecoderStepper:
    """Drives a model with a decoder: captioner, translator, any one-to-many or unaligned model."""

    reads_prompts = False

    def __init__(self, model):
        self.decoder = model.get_layer("decoder")
        self.encoder = next((layer for layer in model.layers if layer.name == "encoder"), None)
        self.attends = isinstance(self.decoder, AttentionDecoder)
        self.symbols = self.decoder.outputs
        self.reads = next(tensor for tensor in model.inputs if tensor.name != "previous")
        self._symbols_read = _symbols_read(self.encoder) if "int" in self.reads.dtype else None
        self.log_probabilities = log_probabilities_of(self.decoder.output_layer)

    def check(self, inputs):
        """Raises a `ZooError` unless the model can read `inputs`, an array."""
        check_sources(inputs, self.reads, self._symbols_read)

    def start(self, inputs):
        """For a source or context `(batch, ...)`: what every step reads unchanged, and the state before the first."""
        encoded = self.encoder(inputs, training=False) if self.encoder is not None else inputs
        arguments = self.decoder.arguments(encoded)
        return self.decoder.read(**arguments), self.decoder.start(**arguments, training=False)

    def step(self, symbols, fixed, state):
        """What comes after `symbols` `(batch,)`: log-probabilities `(batch, symbols)`, and the new state."""
        outputs, state = self.decoder.step(symbols, fixed, list(state))
        return self.log_probabilities(outputs), state

    def as_memory(self, parts):
        """What every step reads unchanged, of the list of its parts."""
        return [*parts[:-1], ops.cast(parts[-1], "bool")] if self.attends else parts[0]

    def attention(self, state):
        """Where the step that led to `state` looked, `(batch, steps)`."""
        return state[-1]

    def memory_mask(self, fixed):
        """Which steps it can look at, `(batch, steps)`."""
        return fixed[-1]


class LanguageModelStepper:
    """Drives a model that predicts the next symbol at every step: `build_language_model`."""

    reads_prompts, attends = True, False

    def __init__(self, model):
        self.embedding = model.get_layer("embedding")
        self.recurrence = model.get_layer("recurrence")
        self.output = model.get_layer("output")
        self.reads = keras.KerasTensor((None, None), "int32", name="prompts")
        self.symbols = model.output_shape[-1]
        self.log_probabilities = log_probabilities_of(self.output)

    def check(self, prompts):
        """Raises a `ZooError` unless the model can read `prompts`, an array."""
        check_prompts(prompts, self.embedding.input_dim)

    def start(self, prompts):
        """The state before anything was read; a language model has nothing that stays unchanged."""
        return [], self.recurrence.get_initial_state(ops.shape(prompts)[0])

    def as_memory(self, parts):
        """Nothing, of nothing."""
        return parts

    def step(self, symbols, fixed, state):
        """What comes after `symbols` `(batch,)`: log-probabilities `(batch, symbols)`, and the new state."""
        outputs, state = self.recurrence.step(self._embedded(symbols), list(state))
        return self.log_probabilities(self.output(outputs)), state

    def _embedded(self, symbols):
        """Without the mask, which one step has no use for."""
        layer = self.embedding
        return layer.quantized_call(symbols) if layer.quantization_mode else layer.call(symbols)


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


def _symbols_read(encoder) -> int:
    return next(layer.input_dim for layer in encoder.layers if isinstance(layer, keras.layers.Embedding))


def log_probabilities_of(output_layer):
    """From a model's outputs to the logarithms of probabilities, in float32."""
    activation = keras.activations.serialize(output_layer.activation)
    if activation == "softmax":
        return lambda outputs: ops.log(ops.maximum(ops.cast(outputs, "float32"), 1e-30))
    if activation == "linear":
        return lambda outputs: ops.log_softmax(ops.cast(outputs, "float32"))
    raise ZooError(f"Symbols are written from softmax or linear outputs (logits), this model's are {activation!r}.")
