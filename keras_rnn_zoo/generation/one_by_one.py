"""Writing one hypothesis a row: the most probable symbol each time, or one drawn by chance."""

from keras import ops

from keras_rnn_zoo.generation.draws import draw, narrowed
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD


def write_one_by_one(stepper, rules, options, first, fixed, state, seeds=None):
    """Greedy decoding, or with `options.temperature` above 0 sampling; the loop is part of the graph.

    Args:
        stepper: a stepper. rules: `Rules`. options: `Options`.
        first: the symbols that are read first, `(rows,)`.
        fixed, state: what every step reads, and the state before the first.
        seeds: `(rows,)`, for sampling.

    Returns:
        A dictionary: `ids` `(rows, max_length)`, `log_probabilities` and `lengths` `(rows,)`, and with
        `options.return_attention` `attention` `(rows, max_length, steps)`.
    """
    rows = ops.shape(first)[0]
    written = {
        "ids": ops.full((rows, options.max_length), PAD, dtype="int32"),
        "log_probabilities": ops.zeros((rows,), "float32"),
        "lengths": ops.zeros((rows,), "int32"),
    }
    if options.return_attention:
        written["attention"] = ops.repeat(ops.zeros_like(stepper.attention(state))[:, None], options.max_length, axis=1)
    finished = ops.zeros((rows,), "bool")

    def unfinished(position, last, finished, written, state):
        return ops.logical_and(position < options.max_length, ops.logical_not(ops.all(finished)))

    def write_one(position, last, finished, written, state):
        log_probabilities, state = stepper.step(last, fixed, state)
        allowed = rules.apply(log_probabilities, position)
        chosen = _chosen(allowed, options, seeds, position)
        written = _noted(written, position, chosen, finished, allowed, stepper, state)
        return position + 1, chosen, ops.logical_or(finished, chosen == END), written, tuple(state)

    variables = (ops.convert_to_tensor(0), ops.cast(first, "int32"), finished, written, tuple(state))
    return ops.while_loop(unfinished, write_one, variables)[3]


def _chosen(allowed, options, seeds, position):
    if not options.temperature:
        return ops.cast(ops.argmax(allowed, axis=-1), "int32")
    return draw(narrowed(allowed, options.temperature, options.top_k, options.top_p), seeds, position)


def _noted(written, position, chosen, finished, allowed, stepper, state):
    """What was written, with the chosen symbols at `position` of the rows that go on."""
    here = ops.arange(written["ids"].shape[1])[None, :] == position
    here = ops.logical_and(here, ops.logical_not(finished)[:, None])
    gained = ops.take_along_axis(allowed, chosen[:, None], axis=1)[:, 0]
    noted = {
        "ids": ops.where(here, chosen[:, None], written["ids"]),
        "log_probabilities": written["log_probabilities"] + ops.where(finished, 0.0, gained),
        "lengths": written["lengths"] + ops.cast(ops.logical_not(finished), "int32"),
    }
    if "attention" in written:
        noted["attention"] = ops.where(here[:, :, None], stepper.attention(state)[:, None], written["attention"])
    return noted
