"""Writing by one's own loop: `encode` gives the state before the first step, each `step` the next."""

from __future__ import annotations

from keras_rnn_zoo.generation.steppers import stepper_for
from keras_rnn_zoo.preprocessing.graph_tensorflow import tf
from keras_rnn_zoo.serving.signature import Reader, Signature


def stepping_signatures(model, begin, reader: Reader) -> dict[str, Signature]:
    """`encode`, from what `reader` reads, and `step`.

    Args:
        begin: from what the model reads to the symbols that are read first, the memory and the state.

    `encode` answers with `previous`, the symbols to be read first, with `memory_0`, ..., which every step reads unchanged, and with
    `state_0`, .... `step` takes these and answers with `log_probabilities` `(batch, symbols)` of what comes next, with the
    most probable `symbol`, and with the new states. The server keeps nothing between two calls.
    """
    encode = Signature(reader, lambda values, lengths=None: _named(*begin(values)), lambda computed, given: computed)
    begun = {name: value for name, value in encode.traced().structured_outputs.items()}
    specs = tuple(tf.TensorSpec(value.shape, value.dtype, name) for name, value in begun.items())
    stepper = stepper_for(model)
    reading = Reader(specs, _checked(stepper.symbols), tuple(begun))
    return {"encode": encode, "step": Signature(reading, _step(stepper), lambda computed, given: computed)}


def _checked(symbols: int):
    """What was given, if `previous` are symbols."""

    def read(previous, **given):
        inside = tf.reduce_all((previous >= 0) & (previous < symbols))
        message = f"previous should be ids from 0 to {symbols - 1}, received"
        with tf.control_dependencies([tf.debugging.Assert(inside, [message, previous])]):
            return {"previous": tf.identity(previous), **given}

    return read


def _named(previous, memory, state) -> dict:
    memory = memory if isinstance(memory, (list, tuple)) else [memory]
    return {"previous": previous, **_numbered("memory", memory), **_numbered("state", state)}


def _numbered(name: str, values) -> dict:
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def _step(stepper):
    def compute(previous, **given):
        memory = stepper.as_memory([value for name, value in given.items() if name.startswith("memory")])
        state = [value for name, value in given.items() if name.startswith("state")]
        log_probabilities, state = stepper.step(previous, memory, state)
        symbol = tf.math.top_k(log_probabilities, 1)[1][:, 0]
        return {"log_probabilities": log_probabilities, "symbol": symbol, **_numbered("state", state)}

    return compute
