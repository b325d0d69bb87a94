"""The LSTM's step and its switches."""

from dataclasses import dataclass

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import fresh
from keras_rnn_zoo.cells.gated_cell import GatedCell
from keras_rnn_zoo.cells.linear_map import linear_map
from keras_rnn_zoo.errors import ZooError

OWN = "own"


@dataclass(frozen=True)
class Switches:
    """What an LSTM's step consists of; as it stands, the peephole LSTM.

    Args:
        i, f, o: how each gate comes about: `OWN` weights, fixed at `"1"`, or coupled, `"1 - f"` or `"1 - i"`.
        squashed_input: whether the candidate passes the activation.
        squashed_output: whether the memory passes the activation on its way out.
        peepholes: whether the gates see the memory.
        gate_recurrence: whether the gates see the previous step's gates.
    """

    i: str = OWN
    f: str = OWN
    o: str = OWN
    squashed_input: bool = True
    squashed_output: bool = True
    peepholes: bool = True
    gate_recurrence: bool = False

    @property
    def gates(self) -> str:
        """The letters of the gates with weights of their own."""
        return "".join(gate for gate in "ifo" if getattr(self, gate) == OWN)

    @property
    def columns(self) -> str:
        """The blocks of columns of the weights, in Keras's order: `ifco` less the gates without weights."""
        return "".join(column for column in "ifco" if column == "c" or column in self.gates)


class SwitchedLSTMCell(GatedCell):
    """An LSTM with `switches`, the common base of the LSTMs with these gates.

    A subclass may change how the state is read (`read`), how the memory is shown (`show`), or the step around them.

    Args:
        units: the width of the memory.
        switches: what the step consists of.
        unit_forget_bias: start the forget gate's bias at 1, as Keras does; `None`: where there is such a bias.
        **options: see `GatedCell` and `Cell`.
    """

    refuses = ("switches",)
    states_linear_maps = True

    def __init__(self, units, switches, *, unit_forget_bias=None, **options):
        super().__init__(units, **options)
        self.switches = switches
        self.state_size = [self.units] * (5 if switches.gate_recurrence else 2)
        self.output_size = self.units
        self.unit_forget_bias = self._checked_forget_bias(unit_forget_bias)

    def _checked_forget_bias(self, wanted):
        there_is_one = bool(self.use_bias) and self.switches.f != "1"
        if wanted not in (True, False, None):
            raise ZooError(f"unit_forget_bias must be True, False or None, received {wanted!r}.")
        if wanted and not there_is_one:
            raise ZooError("unit_forget_bias=True needs a forget gate and use_bias=True; leave it out.")
        return there_is_one if wanted is None else bool(wanted)

    @property
    def gates(self) -> int:
        """The number of blocks of columns."""
        return len(self.switches.columns)

    @property
    def recurrent_weight_names(self):
        return ("recurrent_kernel", *(["gate_recurrent_kernel"] if self.switches.gate_recurrence else []))

    def build(self, input_shape):
        columns = self.switches.columns
        self.kernel = self.add_kernel("kernel", (input_shape[-1], self.projection_size))
        self.recurrent_kernel = self.add_recurrent_kernel("recurrent_kernel", (self.output_size, self.projection_size))
        self.bias = self.add_bias("bias", self.projection_size, self.bias_start(columns))
        for gate in self.switches.gates if self.switches.peepholes else "":
            setattr(self, f"peephole_{gate}", self.add_vector(f"peephole_{gate}", self.units, "zeros"))
        if self.switches.gate_recurrence:
            shape = (3 * self.units, 3 * self.units)
            self.gate_recurrent_kernel = self.add_recurrent_kernel("gate_recurrent_kernel", shape)

    def add_vector(self, name, size, initializer):
        """A vector that multiplies elementwise; the initializers and penalties of the arguments are for matrices."""
        return self.add_weight((size,), name=name, initializer=initializer)

    def bias_start(self, columns):
        """An initializer that starts the forget gate at `sigmoid(1)`; of `1 - i`, the input gate's bias at -1."""
        constants = {"i": -1.0} if self.switches.f == "1 - i" else {"f": 1.0}
        if not self.unit_forget_bias:
            return None

        def start(shape, dtype=None):
            starts = [
                keras.initializers.Constant(constants[column]) if column in constants else fresh(self.bias_initializer)
                for column in columns
            ]
            return ops.concatenate([start((self.units,), dtype=dtype) for start in starts])

        return start

    def step(self, projected, states, training=False):
        h, c, *gates = states
        a = self.named(self.read(self.drop_state(h, training), projected), gates)
        c, i, f = self.remember(a, c)
        h, o = self.expose(a, c)
        return h, [h, c, *([i, f, o] if self.switches.gate_recurrence else [])]

    def read(self, h, projected):
        """What the gates and the candidate see of the previous state and, projected, of the input."""
        return linear_map(h, self.recurrent_kernel, projected)

    def named(self, sums, previous_gates=()):
        """The sums of each gate and of the candidate, by letter."""
        a = dict(zip(self.switches.columns, self.split(sums), strict=True))
        if self.switches.gate_recurrence:
            seen = linear_map(ops.concatenate(previous_gates, axis=-1), self.gate_recurrent_kernel)
            for gate, block in zip("ifo", ops.split(seen, 3, axis=-1), strict=True):
                a[gate] = a[gate] + block
        return a

    def remember(self, a, c):
        """`c_t = z_t i_t + c_{t-1} f_t`, and the two gates."""
        z = self.activation(a["c"]) if self.switches.squashed_input else a["c"]
        i, f = self.gate("i", a, c), self.gate("f", a, c)
        i = 1 - f if self.switches.i == "1 - f" else i
        f = 1 - i if self.switches.f == "1 - i" else f
        return z * i + c * f, i, f

    def expose(self, a, c):
        """`h_t = tanh(c_t) o_t`, and the gate."""
        o = self.gate("o", a, c)
        shown = self.show(c)
        return (self.activation(shown) if self.switches.squashed_output else shown) * o, o

    def show(self, c):
        """The memory as its activation sees it."""
        return c

    def gate(self, letter, a, c):
        """A gate with its peephole on `c`; 1 if it has no weights of its own."""
        if letter not in a:
            return 1
        if self.switches.peepholes:
            return self.recurrent_activation(linear_map(c, getattr(self, f"peephole_{letter}"), a[letter]))
        return self.recurrent_activation(a[letter])

    def get_config(self):
        return self.without_refused({**super().get_config(), "unit_forget_bias": self.unit_forget_bias})
