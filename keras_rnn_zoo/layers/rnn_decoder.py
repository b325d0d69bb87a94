"""A recurrent network that writes a sequence, given a vector."""

import keras
from keras import ops

from keras_rnn_zoo.errors import ZooError, unknown_name

CONDITIONINGS = ("input", "initial_state", "both", "first_step")
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
      is discarded.

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
        return self.conditioning in ("input", "both")

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
        states = self.start(context, initial_state, training=training)
        steps, mask = self._read(previous, context, training)
        outputs, *_ = self.rnn(steps, initial_state=states, mask=mask, training=training)
        return self.output_layer(outputs)

    def start(self, context, initial_state=None, training=None):
        """The states before the first step, a flat list of `(batch, units)`."""
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

    def step(self, previous, context, states):
        """Writes one step.

        Args:
            previous: what was written last, `(batch,)` symbols or `(batch, outputs)`; the start symbol, or zeros, first.
            context: `(batch, features)`.
            states: as `start` or the last `step` returned them.

        Returns:
            The step's output `(batch, outputs)` and the new states.
        """
        steps, _ = self._read(previous[:, None], context, training=False)
        outputs, *states = self.rnn(steps, initial_state=states, training=False)
        return self.output_layer(outputs[:, 0]), states

    def _read(self, previous, context, training):
        """What the recurrence reads at every step, and which steps are real."""
        steps = self.embedding(previous) if self.embedding else ops.cast(previous, self.compute_dtype)
        mask = self.compute_mask(previous)
        if self.dropout_layer:
            steps = self.dropout_layer(steps, training=training)
        if self._reads_context:
            at_every_step = ops.ones_like(steps[..., :1]) * ops.cast(context, steps.dtype)[:, None, :]
            steps = ops.concatenate([steps, at_every_step], axis=-1)
        return steps, mask

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
            "rnn": keras.saving.serialize_keras_object(self.rnn),
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
