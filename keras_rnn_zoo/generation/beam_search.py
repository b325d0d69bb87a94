"""Beam search: the best few hypotheses of each row, side by side."""

from keras import ops

from keras_rnn_zoo.generation.draws import NEVER
from keras_rnn_zoo.generation.penalties import coverage_penalty, length_penalty
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD


def beam_search(stepper, rules, options, first, fixed, state, limits=None, length=None):
    """Keeps the `options.beam_size` hypotheses with the highest `log p(Y) / lp(Y) + cp(X; Y)` (Wu et al. 2016).

    A hypothesis that has written `END` is frozen: it stays in the beam, with its score, for as long as no `beam_size`
    others are better. The search of a row ends when all its hypotheses are frozen, or at the greatest length.

    Args:
        stepper: a stepper. rules: `Rules`. options: `Options`.
        first: the symbols that are read first, `(rows,)`.
        fixed, state: what every step reads, and the state before the first.
        limits: `(rows,)`, int32, the most symbols of each row, in place of `options.max_length`; where shapes may be dynamic.
        length: of `ids`, where it must be known before `limits` are, none of which is above it.

    Returns:
        A dictionary, hypotheses in falling order of score: `ids` `(rows, beam_size, max_length)`, `log_probabilities`,
        `scores`, `lengths` `(rows, beam_size)`, and with `options.return_attention` `attention`
        `(rows, beam_size, max_length, steps)`. Where there are fewer hypotheses, both numbers are `NEVER`, all else zeros.
    """
    width = options.beam_size
    fixed = [_side_by_side(x, width) for x in fixed] if isinstance(fixed, list) else _side_by_side(fixed, width)
    state = tuple(_side_by_side(x, width) for x in state)
    mask = _unfolded(stepper.memory_mask(fixed), width) if options.coverage_penalty else None
    last = _side_by_side(ops.cast(first, "int32"), width)
    if length is None:
        length = options.max_length if limits is None else ops.max(limits, initial=1)
    beam = _first_beam(stepper, options, ops.shape(first)[0], length, state)

    def unfinished(position, last, beam, state):
        alive = ops.logical_not(ops.logical_or(beam["finished"], beam["log_probabilities"] <= NEVER / 2))
        return ops.logical_and(position < length, ops.any(alive))

    def widen(position, last, beam, state):
        log_probabilities, state = stepper.step(last, fixed, state)
        allowed = _unfolded(rules.apply(log_probabilities, position), width)
        attention = _unfolded(stepper.attention(state), width) if stepper.attends else None
        beam, parents, chosen = _best(beam, allowed, attention, mask, position, options)
        if limits is not None:
            beam["finished"] = ops.logical_or(beam["finished"], (position + 1 >= limits)[:, None])
        state = tuple(_picked(x, parents, width) for x in state)
        return position + 1, ops.reshape(chosen, (-1,)), beam, state

    _, _, beam, _ = ops.while_loop(unfinished, widen, (ops.convert_to_tensor(0), last, beam, state))
    return _real_ones({name: value for name, value in beam.items() if name not in ("finished", "coverage")})


def _first_beam(stepper, options, rows, length, state):
    """One empty hypothesis a row; the others are as good as none."""
    width = options.beam_size
    none = ops.where(ops.arange(width)[None, :] > 0, NEVER, 0.0) * ops.ones((rows, 1), "float32")
    beam = {
        "ids": ops.full((rows, width, length), PAD, dtype="int32"),
        "log_probabilities": none,
        "scores": none,
        "lengths": ops.zeros((rows, width), "int32"),
        "finished": ops.zeros((rows, width), "bool"),
    }
    if options.coverage_penalty or options.return_attention:
        nothing = ops.zeros_like(_unfolded(stepper.attention(state), width))
    if options.coverage_penalty:
        beam["coverage"] = ops.cast(nothing, "float32")
    if options.return_attention:
        beam["attention"] = ops.repeat(nothing[:, :, None], length, axis=2)
    return beam


def _best(beam, allowed, attention, mask, position, options):
    """The next beam, which hypothesis each of its own goes on with, and the symbol it adds, `(rows, beam_size)`."""
    width, symbols = allowed.shape[1], allowed.shape[2]
    goes_on = ops.logical_not(beam["finished"])
    frozen = ops.where(ops.arange(symbols) == PAD, 0.0, NEVER)
    totals = beam["log_probabilities"][..., None] + ops.where(goes_on[..., None], allowed, frozen)
    grown = {**beam, "lengths": beam["lengths"] + ops.cast(goes_on, "int32")}
    ranks = totals / length_penalty(grown["lengths"], options.length_penalty)[..., None]
    if options.coverage_penalty:
        grown["coverage"] = beam["coverage"] + ops.where(goes_on[..., None], ops.cast(attention, "float32"), 0.0)
        ranks = ranks + coverage_penalty(grown["coverage"], options.coverage_penalty, mask)[..., None]
    if options.return_attention:
        grown["attention"] = ops.where(
            _here(goes_on, position, beam)[..., None], attention[:, :, None], beam["attention"]
        )
    scores, candidates = ops.top_k(ops.reshape(ranks, (-1, width * symbols)), width)
    parents, chosen = candidates // symbols, ops.cast(candidates % symbols, "int32")
    chosen_totals = ops.take_along_axis(ops.reshape(totals, (-1, width * symbols)), candidates, axis=1)
    beam = {name: _along_beam(value, parents) for name, value in grown.items()}
    beam["ids"] = ops.where(_here(ops.logical_not(beam["finished"]), position, beam), chosen[..., None], beam["ids"])
    beam["finished"] = ops.logical_or(beam["finished"], chosen == END)
    return {**beam, "scores": scores, "log_probabilities": chosen_totals}, parents, chosen


def _real_ones(beam):
    """The beam, with nothing in place of the hypotheses that cannot be."""
    real, nothing = beam["log_probabilities"] > NEVER / 2, {"scores": NEVER, "log_probabilities": NEVER}

    def kept(name, value):
        ones = [1] * (len(value.shape) - 2)
        return ops.where(ops.reshape(real, (*ops.shape(real), *ones)), value, nothing.get(name, 0))

    return {name: kept(name, value) for name, value in beam.items()}


def _here(goes_on, position, beam):
    """`(rows, beam_size, max_length)`: where the hypotheses that go on write now."""
    here = ops.arange(ops.shape(beam["ids"])[2]) == position
    return ops.logical_and(goes_on[..., None], here)


def _along_beam(values, parents):
    """The values `(rows, beam_size, ...)` of the hypotheses `parents` `(rows, beam_size)`."""
    width = parents.shape[1]
    return _unfolded(_picked(ops.reshape(values, (-1, *ops.shape(values)[2:])), parents, width), width)


def _picked(values, parents, width):
    """`_along_beam` of values whose rows and hypotheses are one axis."""
    rows = ops.arange(ops.shape(parents)[0], dtype=parents.dtype)[:, None]
    return ops.take(values, ops.reshape(rows * width + parents, (-1,)), axis=0)


def _side_by_side(values, width):
    """Each row of `(rows, ...)` as many times as the beam is wide, one after the other."""
    return ops.repeat(values, width, axis=0)


def _unfolded(values, width):
    """`(rows * beam_size, ...)` as `(rows, beam_size, ...)`."""
    return ops.reshape(values, (-1, width, *ops.shape(values)[1:]))
