"""What makes a long hypothesis comparable with a short one, and a complete one better (Wu et al. 2016, eq. 14)."""

from keras import ops


def length_penalty(length, alpha):
    """`lp(Y) = ((5 + |Y|) / 6)^alpha`, by which the log-probability is divided; 1 at `alpha` 0.

    >>> round(float(length_penalty(ops.array(7.0), 1.0)), 6)
    2.0
    """
    return ops.power((5.0 + ops.cast(length, "float32")) / 6.0, alpha)


def coverage_penalty(coverage, beta, memory_mask):
    """`cp(X; Y) = beta sum_j log(min(sum_i a_ij, 1))`, which is added: 0 where every source step was looked at.

    Args:
        coverage: `(..., steps)`, the attention that each source step has had.
        beta: its weight.
        memory_mask: `(..., steps)`, True where a step is real.
    """
    missed = ops.log(ops.clip(ops.cast(coverage, "float32"), 1e-10, 1.0))
    return beta * ops.sum(ops.where(memory_mask, missed, 0.0), axis=-1)
