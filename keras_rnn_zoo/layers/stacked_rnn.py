"""Recurrent layers one above the other, with skip connections across depth."""

from numbers import Integral

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import share
from keras_rnn_zoo.errors import ZooError, unknown_name
from keras_rnn_zoo.layers.pooling import checked_pooling, pooled
from keras_rnn_zoo.layers.recurrent_layer import recurrent_layer
from keras_rnn_zoo.layers.unbuilt import unbuilt

SKIP_CONNECTIONS = ("input", "residual")


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class StackedRNN(keras.layers.Layer):
    """A stack of recurrent layers; layer n reads the sequence that layer n-1 writes.

    With h^n_t the state of layer n at step t and x_t the input (Graves 2013, "Generating sequences", eqs. 1-4):

    - no skip connections: `h^n_t = H(h^{n-1}_t, h^n_{t-1})`, `h^0 = x`; the output is `h^N_t`;
    - `"input"`: `h^n_t = H([x_t, h^{n-1}_t], h^n_{t-1})`; the output is `[h^1_t, ..., h^N_t]`, so that a dense layer
      above it is `y_t = b + sum_n W_n h^n_t`;
    - `"residual"`: every layer above the first adds its input to its output, `o^n_t = h^n_t + o^{n-1}_t`.

    Args:
        layers: recurrent layers as `recurrent_layer` makes them (`return_sequences` and `return_state` on);
            `keras.layers.Bidirectional` ones merge by concatenation. See `stacked_rnn` for making them by name.
        skip_connections: `None`, `"input"` or `"residual"`. Residual needs equal widths.
        dropout: share of units dropped between the layers and on the output (Zaremba 2014), never along time.
        return_sequences: return every step's output, or one for each row, which `pooling` makes of them.
        pooling: `"last"`, the output of each row's last real step; `"max"` or `"mean"`, over the real steps, see
            `layers.pooling`.
        return_state: return the final states as well, a flat list in the order of the layers.

    Call arguments:
        sequences: `(batch, timesteps, features)`, right-padded.
        initial_state: flat list of states `(batch, units)`, in the order that `return_state` gives them.
        mask: `(batch, timesteps)`, True where a step is real; each row has at least one.

    Output shape:
        `(batch, timesteps, width)` or `(batch, width)`, followed by the states if `return_state`.

    >>> stack = stacked_rnn("lstm", (8, 8), skip_connections="input", return_sequences=False)
    >>> tuple(stack(ops.zeros((2, 5, 3))).shape)
    (2, 16)
    """

    def __init__(
        self,
        layers,
        skip_connections=None,
        dropout=0.0,
        return_sequences=True,
        return_state=False,
        pooling="last",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not layers:
            raise ZooError("A StackedRNN needs at least one layer, received none.")
        if skip_connections is not None and skip_connections not in SKIP_CONNECTIONS:
            raise unknown_name("skip_connections", skip_connections, SKIP_CONNECTIONS)
        share(dropout, "dropout")
        for layer in layers:
            _check_returns(layer)
        if skip_connections == "residual" and len(layers) == 1:
            raise ZooError(
                "skip_connections='residual' adds a layer's input to its output from the second layer on: give two."
            )
        if skip_connections == "residual" and len({output_width(layer) for layer in layers}) > 1:
            widths = [output_width(layer) for layer in layers]
            raise ZooError(
                f"skip_connections='residual' adds layers together: equal units expected, received {widths}."
            )
        self.layers = list(layers)
        self.skip_connections = skip_connections
        self.dropout = dropout
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.pooling = checked_pooling(pooling)
        self.dropout_layer = keras.layers.Dropout(dropout, name="dropout") if dropout else None
        self.supports_masking = True

    @property
    def bidirectional(self) -> bool:
        return any(isinstance(layer, keras.layers.Bidirectional) for layer in self.layers)

    @property
    def output_size(self) -> int:
        """The width of one step's output."""
        return sum(self.output_widths) if self.skip_connections == "input" else self.output_widths[-1]

    @property
    def output_widths(self) -> list[int]:
        """The width of one step's output of each layer."""
        return [output_width(layer) for layer in self.layers]

    @property
    def state_size(self) -> list[int]:
        """The widths of all states, in the order of `initial_state`."""
        return [size for layer in self.layers for size in _state_sizes(layer)]

    @property
    def free_states(self) -> list[bool]:
        """Which of `state_size` may be set from outside; a clock and a memory of past states may not."""
        return [is_free for layer in self.layers for is_free in _free_states(layer)]

    def get_initial_state(self, batch_size):
        """Zero states, a flat list."""
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def build(self, sequences_shape, initial_state_shape=None):
        features = sequences_shape[-1]
        if features is None:
            raise ZooError(f"StackedRNN needs a known number of features, received shape {sequences_shape}.")
        width = features
        for number, layer in enumerate(self.layers):
            if number and self.skip_connections == "input":
                width += features
            layer.build((*sequences_shape[:-1], width))
            width = output_width(layer)
        self.built = True

    def call(self, sequences, initial_state=None, mask=None, training=None):
        def run(layer, inputs, states):
            below, *states = layer(inputs, initial_state=states, mask=mask, training=training)
            return below, states

        drops = [lambda x: self._drop(x, training)] * len(self.layers)
        outputs, final_states = self._climb(run, sequences, initial_state, drops)
        if not self.return_sequences:
            outputs = [
                pooled(self.pooling, y, forward_width(layer), mask)
                for layer, y in zip(self.layers, outputs, strict=True)
            ]
        output = self._drop(self._joined(outputs), training)
        return (output, *final_states) if self.return_state else output

    def step(self, inputs, states, drops=None):
        """One step of every layer at inference, without a loop: for a loop of one's own.

        Args:
            inputs: `(batch, features)`.
            states: flat list, as `initial_state`.
            drops: what is dropped of each layer's output on its way to the next, a list of functions; by default nothing.

        Returns:
            The output `(batch, output_size)` and the new states.
        """

        def run(layer, inputs, states):
            output, states = getattr(layer, "one_step", layer.cell)(inputs, states)
            return output, list(states) if isinstance(states, (list, tuple)) else [states]

        outputs, states = self._climb(run, inputs, states, drops or [lambda x: x] * len(self.layers))
        return self._joined(outputs), states

    def output_of(self, states):
        """The output that goes with `states`, where each layer's output is its first state; zeros where it is not."""
        starts = [sum(len(_state_sizes(layer)) for layer in self.layers[:n]) for n in range(len(self.layers))]
        outputs = [states[start] for start in starts]
        if [y.shape[-1] for y in outputs] != self.output_widths:
            return ops.zeros((ops.shape(states[0])[0], self.output_size), self.compute_dtype)
        return sum(outputs) if self.skip_connections == "residual" else self._joined(outputs)

    def _climb(self, run, inputs, states, drops):
        """Runs the layers from the bottom up: what each says, and the states of all."""
        outputs, final_states, below = [], [], inputs
        for number, layer in enumerate(self.layers):
            above = inputs if number == 0 else self._beside(inputs, drops[number - 1](below))
            below, states_of_layer = run(layer, above, self._states_of(number, states))
            if number and self.skip_connections == "residual":
                below = below + above
            outputs.append(below)
            final_states.extend(states_of_layer)
        return outputs, final_states

    def _beside(self, inputs, below):
        return ops.concatenate([inputs, below], axis=-1) if self.skip_connections == "input" else below

    def _joined(self, outputs):
        return ops.concatenate(outputs, axis=-1) if self.skip_connections == "input" else outputs[-1]

    def _drop(self, x, training):
        return self.dropout_layer(x, training=training) if self.dropout_layer else x

    def _states_of(self, number, states):
        if states is None:
            return None
        counts = [len(_state_sizes(layer)) for layer in self.layers]
        if len(states) != sum(counts):
            raise ZooError(
                f"initial_state must hold {sum(counts)} states, one for each of {self.state_size}; "
                f"received {len(states)}."
            )
        start = sum(counts[:number])
        return list(states[start : start + counts[number]])

    def compute_mask(self, inputs, mask=None):
        output_mask = mask if self.return_sequences else None
        return (output_mask, *[None] * len(self.state_size)) if self.return_state else output_mask

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch = sequences_shape[0]
        output = (batch, sequences_shape[1], self.output_size) if self.return_sequences else (batch, self.output_size)
        return (output, *[(batch, size) for size in self.state_size]) if self.return_state else output

    def get_config(self):
        return {
            **super().get_config(),
            "layers": [unbuilt(layer) for layer in self.layers],
            "skip_connections": self.skip_connections,
            "dropout": self.dropout,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "pooling": self.pooling,
        }

    @classmethod
    def from_config(cls, config):
        layers = [keras.saving.deserialize_keras_object(layer) for layer in config["layers"]]
        return cls(**{**config, "layers": layers})


def stacked_rnn(
    cell,
    units,
    *,
    cell_options=None,
    bidirectional=False,
    skip_connections=None,
    dropout=0.0,
    norm_preserving=None,
    return_sequences=True,
    return_state=False,
    pooling="last",
    name=None,
) -> StackedRNN:
    """A `StackedRNN` by name: one recurrent layer for each entry of `units`.

    Args:
        cell: a name of `cells.list_cells()` or a callable, see `cells.get`.
        units: an integer, or one for each layer from the bottom up.
        cell_options: further arguments of every cell.
        bidirectional: every layer reads in both directions.
        norm_preserving: Omega's weight in every layer, see `recurrent_layer`.
        skip_connections, dropout, return_sequences, return_state, pooling: see `StackedRNN`.

    >>> stacked_rnn("gru", 4, bidirectional=True).output_size
    8
    """
    layers = [
        recurrent_layer(
            cell,
            width,
            cell_options=cell_options,
            bidirectional=bidirectional,
            norm_preserving=norm_preserving,
            name=f"recurrent_{number}",
        )
        for number, width in enumerate(layer_widths(units), start=1)
    ]
    return StackedRNN(layers, skip_connections, dropout, return_sequences, return_state, pooling, name=name)


def layer_widths(units, name="units") -> tuple[int, ...]:
    """`units` as one positive integer a layer; `name` is what an error calls them.

    >>> layer_widths(64), layer_widths([64, 32])
    ((64,), (64, 32))
    """
    widths = tuple(units) if isinstance(units, (list, tuple)) else (units,)
    if not widths or any(isinstance(width, bool) or not isinstance(width, Integral) or width < 1 for width in widths):
        raise ZooError(f"{name} must be a positive integer, or one for each layer; received {units!r}.")
    return tuple(int(width) for width in widths)


def output_width(layer) -> int:
    """The width of one step's output of a recurrent layer."""
    if isinstance(layer, keras.layers.Bidirectional):
        return output_width(layer.forward_layer) + output_width(layer.backward_layer)
    return getattr(layer.cell, "output_size", None) or layer.state_size[0]


def forward_width(layer) -> int:
    """How much of one step's output was read forwards."""
    return output_width(getattr(layer, "forward_layer", layer))


def _state_sizes(layer) -> list[int]:
    if isinstance(layer, keras.layers.Bidirectional):
        return [*layer.forward_layer.state_size, *layer.backward_layer.state_size]
    return list(_as_list(layer.state_size))


def _free_states(layer) -> list[bool]:
    if isinstance(layer, keras.layers.Bidirectional):
        return [*_free_states(layer.forward_layer), *_free_states(layer.backward_layer)]
    return getattr(layer.cell, "free_states", [True] * len(_state_sizes(layer)))


def _as_list(state_size):
    return state_size if isinstance(state_size, (list, tuple)) else [state_size]


def _check_returns(layer):
    if not (getattr(layer, "return_sequences", False) and getattr(layer, "return_state", False)):
        raise ZooError(f"{layer.name} must have return_sequences=True and return_state=True; see recurrent_layer.")
    if isinstance(layer, keras.layers.Bidirectional) and layer.merge_mode != "concat":
        raise ZooError(f"{layer.name} must have merge_mode='concat', received {layer.merge_mode!r}.")
