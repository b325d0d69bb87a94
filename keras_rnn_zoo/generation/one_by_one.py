"""Writing one hypothesis a row: the most probable symbol each time, or one drawn by chance."""

from keras import ops

from keras_rnn_zoo.generation.draws import draw, narrowed
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD


def write_one_by_one(stepper, rules, options, first, fixed, state, choose, limits=None, length=None):
    """Greedy decoding or sampling, as `choose` says; the loop is part of the graph.

    Args:
        stepper: a stepper. rules: `Rules`. options: `Options`.
        first: the symbols that are read first, `(rows,)`.
        fixed, state: what every step reads, and the state before the first.
        choose: from log-probabilities `(rows, symbols)` and a position to symbols `(rows,)`, int32: `most_probable`, or what
            `drawn` returns.
        limits: `(rows,)`, int32, the most symbols of each row, in place of `options.max_length`; where shapes may be dynamic.
        length: of `ids`, where it must be known before `limits` are, none of which is above it.

    Returns:
        A dictionary: `ids` `(rows, max_length)`, `log_probabilities` and `lengths` `(rows,)`, and with
        `options.return_attention` `attention` `(rows, max_length, steps)`.
    """
    rows = ops.shape(first)[0]
    if length is None:
        length = options.max_length if limits is None else ops.max(limits, initial=1)
    written = {
        "ids": ops.full((rows, length), PAD, dtype="int32"),
        "log_probabilities": ops.zeros((rows,), "float32"),
        "lengths": ops.zeros((rows,), "int32"),
    }
    if options.return_attention:
        written["attention"] = ops.repeat(ops.zeros_like(stepper.attention(state))[:, None], length, axis=1)
    finished = ops.zeros((rows,), "bool")
    limits = length if limits is None else limits

    def unfinished(position, last, finished, written, state):
        return ops.logical_and(position < length, ops.logical_not(ops.all(finished)))

    def write_one(position, last, finished, written, state):
        log_probabilities, state = stepper.step(last, fixed, state)
        allowed = rules.apply(log_probabilities, position)
        chosen = choose(allowed, position)
        written = _noted(written, position, chosen, finished, allowed, stepper, state)
        ended = ops.logical_or(chosen == END, position + 1 >= limits)
        return position + 1, chosen, ops.logical_or(finished, ended), written, tuple(state)

    variables = (ops.convert_to_tensor(0), ops.cast(first, "int32"), finished, written, tuple(state))
    return ops.while_loop(unfinished, write_one, variables)[3]


def most_probable(log_probabilities, position):
    """The symbol of the highest log-probability in each row, `(rows,)`, int32; the first of equals."""
    # Keras's argmax looks at the bits of floats, which neither ONNX nor LiteRT can.
    return ops.cast(ops.top_k(log_probabilities, 1)[1][:, 0], "int32")


def drawn(seeds, temperature, top_k=None, top_p=None):
    """A choice by chance, see `draws`.

    Args:
        seeds: `(rows,)`, int32. temperature, top_k, top_p: numbers, or `(rows,)`.
    """
    return lambda log_probabilities, position: draw(
        narrowed(log_probabilities, temperature, top_k, top_p), seeds, position
    )


def _noted(written, position, chosen, finished, allowed, stepper, state):
    """What was written, with the chosen symbols at `position` of the rows that go on."""
    here = ops.arange(ops.shape(written["ids"])[1])[None, :] == position
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
