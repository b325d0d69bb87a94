"""A loop along time, forwards or backwards."""

import keras
from keras import ops, tree


def time_loop(step, carry, sequences, reverse=False, timesteps=None):
    """Runs `step(carry, items) -> (carry, outputs)` once for each time step.

    Args:
        step: takes the carried list and the list of one step's items; returns the next of the first, and a list of outputs.
        carry: list of tensors, whose shapes the loop keeps.
        sequences: list of `(timesteps, batch, ...)`; at least one step.
        reverse: from the last step to the first; the outputs still stand in the order of time.
        timesteps: on TensorFlow a scalar: how many steps to run, where the sequences have more; `None`: all.

    Returns:
        The last carry, and a list of `(timesteps, batch, ...)`.
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_loop(step, list(carry), list(sequences), reverse, timesteps)
    carry, outputs = ops.scan(
        lambda carry, items: tuple(map(tuple, step(list(carry), list(items)))),
        tuple(carry),
        tuple(sequences),
        reverse=reverse,
    )
    return list(carry), list(outputs)


def _tensorflow_loop(step, carry, sequences, reverse, timesteps):
    """`ops.scan` on TensorFlow wants outputs of the carry's shapes; `TensorArray`s do not."""
    import tensorflow as tf

    room = sequences[0].shape[0] or tf.shape(sequences[0])[0]
    timesteps = room if timesteps is None else timesteps
    specs = outputs_of(step, carry, items_of(sequences))
    reading = [tf.TensorArray(x.dtype, room).unstack(x) for x in sequences]
    writing = [tf.TensorArray(spec.dtype, room, element_shape=spec.shape) for spec in specs]

    def body(turn, carry, writing):
        t = timesteps - 1 - turn if reverse else turn
        carry, outputs = step(list(carry), [x.read(t) for x in reading])
        return turn + 1, carry, [ta.write(t, y) for ta, y in zip(writing, outputs, strict=True)]

    _, carry, writing = tf.while_loop(
        lambda turn, *_: turn < timesteps, body, (0, carry, writing), maximum_iterations=room
    )
    static = sequences[0].shape[:2]
    return carry, [tf.ensure_shape(ta.stack(), (*static, *spec.shape[1:])) for ta, spec in zip(writing, specs)]


def keep_masked(mask, new, old):
    """The new tensors, in rows where the mask of a list with one, or without, is zero the old."""
    return [ops.where(mask[0] > 0, n, o) for n, o in zip(new, old, strict=True)] if mask else new


def parted(items, sizes):
    """A list cut into lists of these sizes, and what remains."""
    ends = [sum(sizes[:number]) for number in range(len(sizes) + 1)]
    return [list(items[start:end]) for start, end in zip(ends, [*ends[1:], None], strict=True)]


def items_of(sequences):
    """What one step of each TensorFlow sequence looks like."""
    import tensorflow as tf

    return [tf.TensorSpec(x.shape[1:], x.dtype) for x in sequences]


def outputs_of(step, carry, items):
    """What a TensorFlow step puts out for items that look like these: tensors with its shapes and dtypes."""
    return tree.flatten(_traced(step, carry, items).structured_outputs[1])


def read_by(step, carry, items) -> list[bool]:
    """Which of its items a TensorFlow step makes use of."""
    graph = _traced(step, carry, items).graph
    reached, waiting = set(), list(graph.outputs)
    while waiting:
        tensor = waiting.pop()
        if tensor.ref() not in reached:
            reached.add(tensor.ref())
            waiting += _made_from(tensor)
    return [tensor.ref() in reached for tensor in graph.inputs[len(carry) : len(carry) + len(items)]]


def _made_from(tensor):
    """`tf.custom_gradient` passes its answers and its arguments on in one operation, of which each is made from one."""
    operation = tensor.op
    if operation.type == "IdentityN":
        return [operation.inputs[tensor.value_index]]
    return [*operation.inputs, *(x for other in operation.control_inputs for x in (*other.inputs, *other.outputs))]


def _traced(step, carry, items):
    """The step as a graph of its own."""
    import tensorflow as tf

    carried, given = ([tf.TensorSpec(x.shape, x.dtype) for x in tensors] for tensors in (carry, items))

    def one(*tensors):
        return step(list(tensors[: len(carried)]), list(tensors[len(carried) :]))

    return tf.function(one, autograph=False).get_concrete_function(*carried, *given)
