"""A recurrent network that writes a sequence, given a vector."""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.layers.unbuilt import unbuilt

CONDITIONINGS = ("input", "initial_state", "both", "first_step", "first_bias")
BRIDGES = ("dense", "copy")


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class RNNDecoder(keras.layers.Layer):
    """Writes y given a context vector C: `p(y) = prod_t p(y_t | y_<t, C)` (Goodfellow et al. 2016, 10.2.4, figs. 10.9
    and 10.12).

    Trained by teacher forcing: at step t it reads the true `y_{t-1}` and predicts `y_t`. When it writes by itself,
    `start` gives the states before the first step, and each `step` takes what was written last.

    How C enters (`conditioning`):

    - `"input"`: at every step beside `y_{t-1}`, the book's `C^T R` added to every hidden unit;
    - `"initial_state"`: it sets the states before the first step, see `bridge`;
    - `"both"` of these;
    - `"first_step"`: as if it were a word before the first (Vinyals et al. 2015, "Show and Tell"); that step's output
      is discarded;
    - `"first_bias"`: beside the first step's input alone, a bias that the picture adds to every hidden unit's first
      pre-activation, `1(t=1) W_hi C` (Karpathy & Fei-Fei 2015).

    Args:
        outputs: number of symbols, or the width of the vectors written.
        rnn: a one-directional `StackedRNN` with `return_sequences` and `return_state` on.
        embedding_dim: symbols are written, and read as embeddings of this width; id 0 is padding. `None`: vectors are
            written, and a step whose entries all equal `mask_value` is padding.
        conditioning: see above.
        bridge: how the first states are set: `"dense"`, `s_0 = tanh(W_s C + b_s)` (Cho et al. 2014), or `"copy"`, they
            are given as `initial_state`, for instance an encoder's (Sutskever et al. 2014).
        output_activation: `"softmax"` for symbols, for instance `"sigmoid"` or `"linear"` for vectors.
        input_dropout: share of the entries of what is read that is dropped in training.
        mask_value: the padding of vectors; not zero, since the first vector read is all zeros.

    Call arguments:
        previous: symbols `(batch, timesteps)` or vectors `(batch, timesteps, outputs)`, the target shifted by one.
        context: `(batch, features)`.
        initial_state: flat list of states, as `rnn` returns them; with `bridge="copy"` alone.

    Output shape:
        `(batch, timesteps, outputs)`, in float32.
    """

    def __init__(
        self,
        outputs,
        rnn,
        embedding_dim=None,
        conditioning="initial_state",
        bridge="dense",
        output_activation="softmax",
        input_dropout=0.0,
        mask_value=-1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if conditioning not in CONDITIONINGS:
            raise unknown_name("conditioning", conditioning, CONDITIONINGS)
        if bridge not in BRIDGES:
            raise unknown_name("bridge", bridge, BRIDGES)
        if rnn.bidirectional or not (rnn.return_sequences and rnn.return_state):
            raise ZooError("A decoder's rnn must be one-directional, with return_sequences and return_state on.")
        if embedding_dim and output_activation not in ("softmax", "linear"):
            raise ZooError(f"Symbols need output_activation 'softmax' or 'linear', received {output_activation!r}.")
        self.outputs = outputs
        self.rnn = rnn
        self.embedding_dim = embedding_dim
        self.conditioning = conditioning
        self.bridge = bridge
        self.output_activation = output_activation
        self.input_dropout = input_dropout
        self.mask_value = mask_value
        self.embedding = keras.layers.Embedding(outputs, embedding_dim, name="embedding") if embedding_dim else None
        self.dropout_layer = keras.layers.Dropout(input_dropout, name="input_dropout") if input_dropout else None
        self.output_layer = keras.layers.Dense(outputs, activation=output_activation, dtype="float32", name="output")
        bridged = zip(rnn.state_size, rnn.free_states, strict=True) if self._sets_states else []
        self.bridges = [
            keras.layers.Dense(size, activation="tanh", name=f"bridge_{number}") if is_free else None
            for number, (size, is_free) in enumerate(bridged)
        ]
        width = embedding_dim or outputs
        self.first_step = keras.layers.Dense(width, name="first_step") if conditioning == "first_step" else None
        self.supports_masking = True

    @property
    def _starts_from_context(self) -> bool:
        return self.conditioning in ("initial_state", "both")

    @property
    def _sets_states(self) -> bool:
        return self._starts_from_context and self.bridge == "dense"

    @property
    def _reads_context(self) -> bool:
        return self.conditioning in ("input", "both", "first_bias")

    def build(self, previous_shape, context_shape, initial_state_shape=None):
        width = self.embedding_dim or self.outputs
        if self.embedding:
            self.embedding.build(previous_shape)
        for bridge in filter(None, self.bridges):
            bridge.build(context_shape)
        if self.first_step:
            self.first_step.build(context_shape)
        rnn_width = width + context_shape[-1] if self._reads_context else width
        self.rnn.build((None, None, rnn_width))
        self.output_layer.build((None, None, self.rnn.output_size))
        self.built = True

    def call(self, previous, context, initial_state=None, training=None):
        states = self._first_states(context, initial_state, training)
        steps, mask = self._read(previous, training), self.compute_mask(previous)
        outputs, *_ = self.rnn(self._beside_context(steps, context), initial_state=states, mask=mask, training=training)
        return self.output_layer(outputs)

    def arguments(self, encoded) -> dict:
        """What an encoder gave, by the names of `call`: the context, or a list of it and of the first states."""
        context, *states = encoded if isinstance(encoded, (list, tuple)) else [encoded]
        return {"context": context, "initial_state": states or None}

    def read(self, context, initial_state=None):
        """What every step reads unchanged: the context."""
        return context

    def start(self, context, initial_state=None, training=None):
        """The states before the first step, a flat list of `(batch, units)`."""
        states = self._first_states(context, initial_state, training)
        if self.conditioning == "first_bias":  # What is still to be told of the context: all of it.
            return [ops.cast(context, self.compute_dtype), *states]
        return states

    def step(self, previous, context, states):
        """Writes one step.

        Args:
            previous: what was written last, `(batch,)` symbols or `(batch, outputs)`; the start symbol, or zeros, first.
            context: what `read` returned.
            states: as `start` or the last `step` returned them.

        Returns:
            The step's output `(batch, outputs)` and the new states.
        """
        steps, told = self._read(previous[:, None], training=False), []
        if self.conditioning == "first_bias":
            context, *states = states
            told = [ops.zeros_like(context)]
        output, states = self.rnn.step(self._beside_context(steps, context)[:, 0], states)
        return self.output_layer(output), [*told, *states]

    def _first_states(self, context, initial_state, training):
        if (initial_state is not None) != (self._starts_from_context and self.bridge == "copy"):
            raise ZooError(
                "initial_state is needed with bridge='copy' and conditioning 'initial_state' or 'both', and only there; "
                f"received bridge={self.bridge!r}, conditioning={self.conditioning!r}, initial_state={initial_state}."
            )
        if initial_state is not None:
            return list(initial_state)
        states = self.rnn.get_initial_state(ops.shape(context)[0])
        if self._starts_from_context:
            return [bridge(context) if bridge else zeros for bridge, zeros in zip(self.bridges, states, strict=True)]
        if self.first_step:
            _, *states = self.rnn(self.first_step(context)[:, None, :], initial_state=states, training=training)
        return states

    def _read(self, previous, training):
        """What was written before each step, as the recurrence reads it."""
        steps = self.embedding(previous) if self.embedding else ops.cast(previous, self.compute_dtype)
        return self.dropout_layer(steps, training=training) if self.dropout_layer else steps

    def _beside_context(self, steps, context):
        """The steps `(batch, timesteps, width)`, each beside what it reads of the context."""
        if not self._reads_context:
            return steps
        beside = ops.ones_like(steps[..., :1])
        if self.conditioning == "first_bias":
            beside = ops.concatenate([beside[:, :1], ops.zeros_like(beside[:, 1:])], axis=1)
        return ops.concatenate([steps, beside * ops.cast(context, steps.dtype)[:, None, :]], axis=-1)

    def compute_mask(self, previous, previous_mask=None):
        if self.embedding:
            return ops.not_equal(previous, 0)
        return ops.any(ops.not_equal(previous, self.mask_value), axis=-1)

    def compute_output_spec(self, previous, context, initial_state=None, training=None):
        return keras.KerasTensor((*previous.shape[:2], self.outputs), dtype="float32")

    def get_config(self):
        return {
            **super().get_config(),
            "outputs": self.outputs,
            "rnn": unbuilt(self.rnn),
            "embedding_dim": self.embedding_dim,
            "conditioning": self.conditioning,
            "bridge": self.bridge,
            "output_activation": self.output_activation,
            "input_dropout": self.input_dropout,
            "mask_value": self.mask_value,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "rnn": keras.saving.deserialize_keras_object(config["rnn"])})
