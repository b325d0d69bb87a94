"""Omega, the regulariser that keeps an error's norm on its way back through time (Pascanu, Mikolov & Bengio 2013, sec. 3.3).

With `e_t = dL/dh_t`, the total derivative, and `v_t = e_t dh_t/dh_{t-1}`, what a step carries back of it:

    Omega = mean over real steps and examples of (||v_t||^2 / ||e_t||^2 - 1)^2

the squared norms of the authors' code (eq. 10; eq. 9 has norms). A step whose error has vanished, `||e_t||^2 < BOUND`, or has
exploded beyond what a float's square can hold, does not count. States and errors are held constant in Omega's gradient, so that it is of first order:

    dOmega/dv_t = 4 (||v_t||^2 / ||e_t||^2 - 1) / (||e_t||^2 N) v_t

with N the number of steps that count. A cell with several states has one error of all of them together.
"""

from keras import ops

BOUND = 1e-20


def omega(errors, carried, real=None):
    """Omega's value.

    Args:
        errors: `e_t`, a list of `(timesteps, batch, size)`, one for each state.
        carried: `v_t`, likewise.
        real: booleans `(timesteps, batch, 1)`, false where a step is padding; `None`: all are real.

    >>> float(omega([ops.ones((3, 2, 4))], [2 * ops.ones((3, 2, 4))]))
    9.0
    """
    ratio, _, counts = _ratios(errors, carried, real)
    return ops.sum(counts * ops.square(ratio - 1)) / _number(counts)


def gradient_of_carried(errors, carried, real, weight):
    """`weight dOmega/dv_t`, a list as `carried`, in at least single precision."""
    ratio, norms, counts = _ratios(errors, carried, real)
    scale = ops.cast(weight, ratio.dtype) * counts * 4 * (ratio - 1) / (norms * _number(counts))
    return [scale * ops.cast(vector, scale.dtype) for vector in carried]


def errors_from(carried, own):
    """`e_t`, the sum of what the step after it carries back and of what enters at the step itself, both `(timesteps, batch,
    size)`."""
    return ops.concatenate([carried[1:], ops.zeros_like(carried[:1])]) + own


def zero_like_a_loss(states):
    """A zero in the precision in which losses are added up."""
    return ops.cast(0, "float64" if states.dtype == "float64" else "float32")


def _ratios(errors, carried, real):
    """`||v||^2 / ||e||^2` and `||e||^2`, both 1 where a step does not count, and 1 or 0 for whether it does."""
    norms, carried_norms = _squared_norms(errors), _squared_norms(carried)
    counts = ops.logical_and(norms >= BOUND, ops.isfinite(norms + carried_norms))
    counts = counts if real is None else ops.logical_and(counts, ops.cast(real, "bool"))
    ones = ops.ones_like(norms)
    norms = ops.where(counts, norms, ones)
    return ops.where(counts, carried_norms / norms, ones), norms, ops.cast(counts, norms.dtype)


def _squared_norms(vectors):
    return sum(ops.sum(ops.square(_at_least_single(vector)), axis=-1, keepdims=True) for vector in vectors)


def _at_least_single(vector):
    return vector if vector.dtype == "float64" else ops.cast(vector, "float32")


def _number(counts):
    return ops.maximum(ops.sum(counts), 1)
