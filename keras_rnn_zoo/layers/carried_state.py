"""A recurrence that goes on where it stopped: truncated back-propagation through time."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.stacked_rnn import StackedRNN
from keras_rnn_zoo.layers.unbuilt import unbuilt


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class CarriedState(keras.layers.Layer):
    """Runs a stack from the states in which it left each row of the batch before; gradients end at the batch's first step.

    Row n of each batch goes on with row n of the one before (Williams & Peng 1990; Karpathy's char-rnn). Which rows begin
    anew is an input, so that streams of different lengths share a batch; a layer with `stateful=True` forgets all or none.
    The states are weights that are not trained: they are saved with the model, and `reset_states` sets them to zero.

    Args:
        rnn: a `StackedRNN` that returns sequences and reads in one direction.
        batch_size: rows in every batch.

    Call arguments:
        sequences: `(batch_size, timesteps, features)`, right-padded.
        mask: `(batch_size, timesteps)`, True where a step is real; a row's state is that after its last real step.
        reset: `(batch_size,)`, True or 1 where a row begins with zero states.

    Returns:
        `(batch_size, timesteps, width)`.

    >>> from keras_rnn_zoo.layers import stacked_rnn
    >>> layer = CarriedState(stacked_rnn("lstm", 8), batch_size=2)
    >>> first, second = (layer(ops.ones((2, 5, 3)), ops.convert_to_tensor([reset, 0])) for reset in (1, 1))
    >>> ops.convert_to_numpy(ops.any(first != second, axis=(1, 2))).tolist()
    [False, True]
    """

    def __init__(self, rnn, batch_size, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(rnn, StackedRNN) or rnn.bidirectional or not rnn.return_sequences:
            raise ZooError("State is carried by a StackedRNN that returns sequences and reads in one direction alone.")
        self.rnn, self.batch_size = rnn, positive(batch_size, "batch_size")
        self.supports_masking = True

    def build(self, sequences_shape, *others):
        if not self.rnn.built:
            self.rnn.build(sequences_shape)
        self.states = [
            self.add_weight(shape=(self.batch_size, size), initializer="zeros", trainable=False, name=f"state_{number}")
            for number, size in enumerate(self.rnn.state_size, start=1)
        ]

    def call(self, sequences, reset, mask=None, training=None):
        keeps = 1 - ops.cast(reset, self.compute_dtype)[:, None]
        start = [keeps * ops.cast(state, self.compute_dtype) for state in self.states]
        output, *final = self._run(sequences, start, mask, training)
        for state, value in zip(self.states, final, strict=True):
            state.assign(ops.cast(ops.stop_gradient(value), state.dtype))
        return output

    def _run(self, sequences, start, mask, training):
        returned, self.rnn.return_state = self.rnn.return_state, True
        try:
            return self.rnn(sequences, initial_state=start, mask=mask, training=training)
        finally:
            self.rnn.return_state = returned

    def reset_states(self):
        """Sets the states of all rows to zero."""
        for state in self.states:
            state.assign(ops.zeros(state.shape, state.dtype))

    def compute_mask(self, sequences, reset=None, mask=None):
        return mask

    def compute_output_shape(self, sequences_shape, *others):
        return (*sequences_shape[:-1], self.rnn.output_size)

    def get_config(self):
        own = {"rnn": unbuilt(self.rnn), "batch_size": self.batch_size}
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "rnn": keras.saving.deserialize_keras_object(config["rnn"])})


def carry_state(model: keras.Model, batch_size: int) -> keras.Model:
    """A model that shares every layer of `model`, whose recurrence goes on from batch to batch: for training by truncated
    back-propagation through time, after which `model` itself is used as ever.

    Args:
        model: of the pattern many to many, aligned, with a one-directional `recurrence`, as `build_language_model` and
            `build_many_to_many_aligned` make it.
        batch_size: rows in every batch; `preprocessing.StreamBatcher` makes such batches.

    Inputs: `inputs`, `(batch_size, timesteps[, features])`, and `reset`, `(batch_size,)`, see `CarriedState`. Output: as
    that of `model`. Not compiled.

    Raises:
        ZooError: the model has no recurrence that can be carried on.

    >>> from keras_rnn_zoo.builders import build_language_model
    >>> model = build_language_model((None,), 65, 16, vocabulary_size=65, embedding_dim=8)
    >>> carry_state(model, 4).output_shape
    (4, None, 65)
    """
    names = [layer.name for layer in model.layers]
    if "recurrence" not in names or len(model.inputs) != 1:
        raise ZooError(
            f"{model.name} has no layer called recurrence over one input: its layers are {', '.join(names)}."
        )
    recurrence, given = model.get_layer("recurrence"), model.inputs[0]
    inputs = keras.Input(batch_shape=(batch_size, *given.shape[1:]), dtype=given.dtype, name=given.name)
    reset = keras.Input(batch_shape=(batch_size,), dtype="bool", name="reset")
    read = keras.Model(given, recurrence.input, name="before")(inputs)
    sequence, mask = read if isinstance(read, (list, tuple)) else (read, None)
    carried = CarriedState(recurrence, batch_size, name="carried")(sequence, reset, mask=mask)
    # Layer by layer, since Keras warns that a model inside a model would lose the mask.
    answer = keras.Function(recurrence.output, model.output).call(carried)
    return keras.Model({given.name: inputs, "reset": reset}, answer, name=f"{model.name}_carried")
