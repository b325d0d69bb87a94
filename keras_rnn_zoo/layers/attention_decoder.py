"""A recurrent network that writes a sequence and looks, at every step, at the parts of what it writes about."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.layers.attention import Attention
from keras_rnn_zoo.layers.rnn_decoder import RNNDecoder
from keras_rnn_zoo.layers.time_loop import time_loop

ATTENTIONS = ("bahdanau", "luong_dot", "luong_general", "luong_concat")
_SCORE_OF = {"bahdanau": "additive", "luong_concat": "additive", "luong_dot": "dot", "luong_general": "general"}


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class AttentionDecoder(RNNDecoder):
    """Writes y about a memory h of many steps: `p(y | h) = prod_t p(y_t | y_<t, h)`.

    Bahdanau, Cho & Bengio 2015 look before the update: with the state s_{i-1},

        c_i = attend(s_{i-1}, h);  s_i = f(s_{i-1}, [E y_{i-1}, c_i]);  t_i = maxout(U s_i + V E y_{i-1} + C c_i)

    Luong, Pham & Manning 2015 look after it, and with input feeding the next step reads what was made of it:

        h_t = f(h_{t-1}, [E y_{t-1}, h~_{t-1}]);  c_t = attend(h_t, h);  h~_t = tanh(W_c [c_t; h_t])

    and p is a softmax of t_i, or of h~_t.

    Args:
        outputs, rnn, embedding_dim, bridge, output_activation, input_dropout: see `RNNDecoder`; the context that sets
            the first states is given apart from the memory.
        attention: `"bahdanau"`, `"luong_dot"`, `"luong_general"` or `"luong_concat"`, see `Attention`.
        attention_units: the width of the additive score's hidden layer; by default the decoder's width.
        input_feeding: Luong's, on unless said otherwise; Bahdanau's way has none.
        readout_units: the width of t_i (each the larger of two), or of h~_t; by default the decoder's width.

    Call arguments:
        previous: symbols `(batch, timesteps)`, the target shifted by one.
        memory: `(batch, steps, features)`.
        memory_mask: `(batch, steps)`, True where a step is real; each row has at least one.
        context: `(batch, features)`.
        initial_state: flat list of states; with `bridge="copy"` alone.
        return_attention_scores: return `(batch, timesteps, steps)` beside the output.

    Output shape:
        `(batch, timesteps, outputs)`, in float32.
    """

    def __init__(
        self,
        outputs,
        rnn,
        embedding_dim,
        attention="bahdanau",
        attention_units=None,
        input_feeding=None,
        readout_units=None,
        bridge="dense",
        output_activation="softmax",
        input_dropout=0.0,
        **kwargs,
    ):
        if attention not in ATTENTIONS:
            raise unknown_name("attention", attention, ATTENTIONS)
        if input_feeding and attention == "bahdanau":
            raise ZooError("input_feeding is Luong's: Bahdanau's attention feeds its context to the update already.")
        if attention_units is not None and _SCORE_OF[attention] != "additive":
            raise ZooError(f"attention_units are an additive score's hidden layer: attention={attention!r} has none.")
        _check_steps_alone(rnn)
        super().__init__(
            outputs,
            rnn,
            embedding_dim,
            bridge=bridge,
            output_activation=output_activation,
            input_dropout=input_dropout,
            **kwargs,
        )
        self.attention = attention
        self.attention_units = attention_units
        self.input_feeding = attention != "bahdanau" if input_feeding is None else input_feeding
        self.readout_units = rnn.output_size if readout_units is None else positive(readout_units, "readout_units")
        score = _SCORE_OF[attention]
        width = rnn.output_size if attention_units is None and score == "additive" else attention_units
        self.attend = Attention(score, width, name="attention")
        self.readout = keras.layers.Dense(
            self.readout_units * (2 if self._looks_first else 1),
            activation=None if self._looks_first else "tanh",
            name="readout",
        )

    @property
    def _looks_first(self) -> bool:
        return self.attention == "bahdanau"

    @property
    def _feeds(self) -> bool:
        return self.input_feeding and not self._looks_first

    def build(self, previous_shape, memory_shape, memory_mask_shape=None, context_shape=None, initial_state_shape=None):
        features, width = memory_shape[-1], self.rnn.output_size
        self.embedding.build(previous_shape)
        for bridge in filter(None, self.bridges):
            bridge.build(context_shape)
        beside = features if self._looks_first else self.readout_units * self._feeds
        self.rnn.build((None, None, self.embedding_dim + beside))
        self.attend.build((None, None, width), memory_shape)
        self.readout.build((None, None, features + width + self.embedding_dim * self._looks_first))
        self.output_layer.build((None, None, self.readout_units))
        self.built = True

    def call(
        self,
        previous,
        memory,
        memory_mask=None,
        context=None,
        initial_state=None,
        return_attention_scores=False,
        training=None,
    ):
        steps = self._read(previous, training)
        states = self._first_states(context, initial_state, training)
        memory = self.read(memory, memory_mask)
        way = self._step_by_step if self._looks_first or self._feeds else self._all_at_once
        features, weights = way(steps, memory, states, self.compute_mask(previous), training)
        outputs = self.output_layer(self._read_out(features, steps, training))
        return (outputs, weights) if return_attention_scores else outputs

    def arguments(self, encoded) -> dict:
        """What an encoder gave, by the names of `call`: the memory, its mask, the context, and perhaps states."""
        memory, memory_mask, context, *states = encoded
        return {"memory": memory, "memory_mask": memory_mask, "context": context, "initial_state": states or None}

    def read(self, memory, memory_mask=None, context=None, initial_state=None):
        """What every step reads unchanged: the memory's keys, the memory, its mask."""
        if memory_mask is None:
            memory_mask = ops.ones(ops.shape(memory)[:2], "bool")
        return [self.attend.keys(memory), ops.cast(memory, self.compute_dtype), memory_mask]

    def start(self, memory, memory_mask=None, context=None, initial_state=None, training=None):
        """What the first step begins with: the recurrence's states, what it looks with, and no attention yet."""
        states = self._first_states(context, initial_state, training)
        return [*self._carried(states), ops.zeros(ops.shape(memory)[:2], self.compute_dtype)]

    def step(self, previous, memory, states):
        """Writes one step.

        Args:
            previous: the symbols written last, `(batch,)`; the start symbol first.
            memory: what `read` returned.
            states: as `start` or the last `step` returned them. The last is the attention of the step, `(batch, steps)`.

        Returns:
            The step's output `(batch, outputs)` and the new states.
        """
        x = self._read(previous[:, None], training=False)[:, 0]
        carried, features, weights = self._one_step(x, memory, list(states[:-1]))
        return self.output_layer(self._read_out(features, x)), [*carried, weights]

    def _carried(self, states):
        """The states, and what the next step reads beside its symbol or looks with."""
        if self._looks_first:
            return [*states, self.rnn.output_of(states)]
        if self._feeds:
            return [*states, ops.zeros((ops.shape(states[0])[0], self.readout_units), self.readout.compute_dtype)]
        return list(states)

    def _one_step(self, x, memory, carried, drops=None):
        """The next carried list, the features `(batch, width)` that p is made of, and the attention."""
        if self._looks_first:
            *states, looking = carried
            seen, weights = self._look(looking, memory)
            output, states = self.rnn.step(ops.concatenate([x, seen], axis=-1), states, drops)
            return [*states, output], ops.concatenate([output, seen], axis=-1), weights
        states, fed = (carried[:-1], carried[-1:]) if self._feeds else (carried, [])
        output, states = self.rnn.step(ops.concatenate([x, *fed], axis=-1), states, drops)
        seen, weights = self._look(output, memory)
        attended = self.readout(ops.concatenate([seen, output], axis=-1))
        return [*states, attended] if self._feeds else list(states), attended, weights

    def _look(self, query, memory):
        seen, weights = self.attend(query[:, None], *memory)
        return seen[:, 0], weights[:, 0]

    def _step_by_step(self, steps, memory, states, mask, training):
        draws = self._draws(steps, training)

        def step(carried, items):
            x, *kept = items
            drops = [lambda y, keep=keep: y * keep for keep in kept] + [None] if kept else None
            carried, *outputs = self._one_step(x, memory, carried, drops)
            return carried, outputs

        sequences = [ops.swapaxes(x, 0, 1) for x in (steps, *draws)]
        _, outputs = time_loop(step, self._carried(states), sequences)
        return [ops.swapaxes(y, 0, 1) for y in outputs]

    def _draws(self, steps, training):
        """What of each layer's output goes on to the next layer at each step, drawn before the loop."""
        if not (training and self.rnn.dropout_layer):
            return []
        widths = self.rnn.output_widths[:-1]
        ones = [ops.ones((*ops.shape(steps)[:2], width), self.compute_dtype) for width in widths]
        return [self.rnn.dropout_layer(x, training=True) for x in ones]

    def _all_at_once(self, steps, memory, states, mask, training):
        output, *_ = self.rnn(steps, initial_state=states, mask=mask, training=training)
        seen, weights = self.attend(output, *memory)
        return self.readout(ops.concatenate([seen, output], axis=-1)), weights

    def _read_out(self, features, x, training=False):
        """What p is made of: Luong's is made already, Bahdanau's is the larger of each two."""
        if self._looks_first:
            pairs = self.readout(ops.concatenate([features, x], axis=-1))
            features = ops.maximum(pairs[..., : self.readout_units], pairs[..., self.readout_units :])
        dropout = self.rnn.dropout_layer
        return dropout(features, training=training) if dropout else features

    def compute_output_spec(
        self,
        previous,
        memory,
        memory_mask=None,
        context=None,
        initial_state=None,
        return_attention_scores=False,
        training=None,
    ):
        outputs = keras.KerasTensor((*previous.shape[:2], self.outputs), dtype="float32")
        weights = keras.KerasTensor((*previous.shape[:2], memory.shape[1]), dtype=self.compute_dtype)
        return (outputs, weights) if return_attention_scores else outputs

    def get_config(self):
        config = super().get_config()
        for name in ("conditioning", "mask_value"):
            del config[name]
        own = ("attention", "attention_units", "input_feeding", "readout_units")
        return {**config, **{name: getattr(self, name) for name in own}}


def _check_steps_alone(rnn):
    """Refuses what needs a loop of its own around the cell."""
    for layer in rnn.layers:
        for option in ("dropout", "recurrent_dropout"):
            if getattr(layer.cell, option, 0.0):
                raise ZooError(
                    f"An attentive decoder steps its cells itself, and cells draw {option} for a whole sequence: "
                    "use the builder's dropout and input_dropout in place of cell_options."
                )
        for option in ("zoneout", "weight_drop"):
            if getattr(layer, option, None):
                raise ZooError(f"An attentive decoder steps its cells itself and has no {option}: leave it out.")
