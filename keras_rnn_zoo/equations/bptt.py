"""Back-propagation through time, term by term: eqs. 10.8-10.28 of Goodfellow, Bengio and Courville 2016.

The network is that of their fig. 10.3: tanh units, recurrent from hidden to hidden, a softmax at every step, and the
negative log-likelihood summed over time. Names are the book's. One sequence of tau steps, n inputs, m hidden units and K
classes; in the arrays step t = 1, ..., tau stands at t - 1, but `h[t]` is h^(t), since h^(0) is there too.

Their eq. 10.21, as printed in one edition, has its factors in an order that does not conform; it is
`W^T diag(1 - (h^(t+1))^2) grad_{h^(t+1)} L + V^T grad_{o^(t)} L`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_rnn_zoo.errors import ZooError


@dataclass(frozen=True)
class Parameters:
    """What is learnt, or a gradient with respect to it: U `(m, n)`, W `(m, m)`, V `(K, m)`, b `(m,)`, c `(K,)`.

    With a leading axis of tau: the contribution of each step.
    """

    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray

    def sum(self) -> Parameters:
        """The contributions of all steps together: eqs. 10.22-10.28."""
        return Parameters(**{name: values.sum(axis=0) for name, values in vars(self).items()})


@dataclass(frozen=True)
class States:
    """What the network computes: h `(tau + 1, m)` from h^(0) on, o `(tau, K)` and yhat `(tau, K)`."""

    h: np.ndarray
    o: np.ndarray
    yhat: np.ndarray


@dataclass(frozen=True)
class Terms:
    """The terms of back-propagation through time.

    Attributes:
        states: of the forward pass.
        losses: `(tau,)`, L^(t) in nats; 0 at a step without a loss. L is their sum.
        grad_o: `(tau, K)`, the gradient of L with respect to o^(t), eq. 10.18.
        grad_h: `(tau, m)`, with respect to h^(t), eqs. 10.19-10.21.
        jacobians: `(tau, m, m)`, `diag(1 - (h^(t))^2) W`, which is dh^(t)/dh^(t-1).
        contributions: what step t adds to the gradient of each parameter: the summands of eqs. 10.22-10.28.
    """

    states: States
    losses: np.ndarray
    grad_o: np.ndarray
    grad_h: np.ndarray
    jacobians: np.ndarray
    contributions: Parameters


def forward(parameters: Parameters, x: np.ndarray, h_0: np.ndarray | None = None) -> States:
    """Eqs. 10.8-10.11: `a = b + W h^(t-1) + U x^(t)`, `h = tanh(a)`, `o = c + V h`, `yhat = softmax(o)`.

    Args:
        parameters: of the network.
        x: `(tau, n)`.
        h_0: h^(0), `(m,)`; by default zeros.

    Raises:
        ZooError: the shapes do not fit.
    """
    _check_shapes(parameters, x, h_0)
    h = [np.zeros_like(parameters.b) if h_0 is None else h_0]
    for x_t in x:
        a = parameters.b + parameters.W @ h[-1] + parameters.U @ x_t  # 10.8
        h.append(np.tanh(a))  # 10.9
    h = np.array(h)
    o = parameters.c + h[1:] @ parameters.V.T  # 10.10
    return States(h, o, np.exp(_log_softmax(o)))  # 10.11


def back_propagate(
    parameters: Parameters,
    x: np.ndarray,
    y: np.ndarray,
    h_0: np.ndarray | None = None,
    has_loss: np.ndarray | None = None,
) -> Terms:
    """Eqs. 10.12-10.28.

    Args:
        parameters, x, h_0: as for `forward`.
        y: `(tau,)`, the right classes, from 0.
        has_loss: `(tau,)`, booleans: which steps have a loss; by default all. With the last step alone it is the network of
            fig. 10.5, many to one.

    Raises:
        ZooError: the shapes do not fit, or y holds no classes.

    >>> rng = np.random.default_rng(0)
    >>> U, W, V = rng.normal(size=(4, 3)), rng.normal(size=(4, 4)), rng.normal(size=(2, 4))
    >>> terms = back_propagate(Parameters(U, W, V, b=np.zeros(4), c=np.zeros(2)), rng.normal(size=(6, 3)), np.arange(6) % 2)
    >>> terms.grad_h.shape, terms.contributions.W.shape, terms.contributions.sum().W.shape
    ((6, 4), (6, 4, 4), (4, 4))
    """
    states = forward(parameters, x, h_0)
    y, has_loss = _checked_answers(y, has_loss, states.o)
    steps, counted = np.arange(len(x)), has_loss[:, None]
    losses = np.where(has_loss, -_log_softmax(states.o)[steps, y], 0.0)  # 10.12-10.14; 10.17 is dL/dL^(t) = 1
    grad_o = np.where(counted, states.yhat - np.eye(states.o.shape[1])[y], 0.0)  # 10.18
    slope = 1 - states.h[1:] ** 2
    jacobians = slope[:, :, None] * parameters.W
    grad_h = _grad_h(grad_o @ parameters.V, jacobians)
    return Terms(states, losses, grad_o, grad_h, jacobians, _contributions(states.h, x, grad_o, slope * grad_h))


def by_loss(parameters: Parameters, terms: Terms) -> np.ndarray:
    """What each later loss adds to `grad_h`: `(tau, tau, m)`, the gradient of L^(s) with respect to h^(t) at `[t - 1, s - 1]`.

    It is `(dh^(t+1)/dh^(t))^T ... (dh^(s)/dh^(s-1))^T V^T grad_{o^(s)} L`, the product of Jacobians whose norm vanishes or
    explodes with s - t (section 10.7), and 0 where s < t. Summed over s it is `grad_h`.
    """
    tau, m = terms.grad_h.shape
    parts = np.zeros((tau, tau, m))
    for t in reversed(range(tau)):
        if t + 1 < tau:
            parts[t] = parts[t + 1] @ terms.jacobians[t + 1]
        parts[t, t] = terms.grad_o[t] @ parameters.V
    return parts


def _grad_h(from_output: np.ndarray, jacobians: np.ndarray) -> np.ndarray:
    grad_h = from_output.copy()  # 10.19, for the last step
    for t in reversed(range(len(grad_h) - 1)):
        grad_h[t] += jacobians[t + 1].T @ grad_h[t + 1]  # 10.20-10.21
    return grad_h


def _contributions(h, x, grad_o, grad_a) -> Parameters:
    """The summands; `grad_a` is `diag(1 - (h^(t))^2) grad_{h^(t)} L`."""
    return Parameters(
        c=grad_o,  # 10.22
        b=grad_a,  # 10.23
        V=_outer(grad_o, h[1:]),  # 10.24
        W=_outer(grad_a, h[:-1]),  # 10.25-10.26
        U=_outer(grad_a, x),  # 10.27-10.28
    )


def _outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return left[:, :, None] * right[:, None, :]


def _log_softmax(o: np.ndarray) -> np.ndarray:
    o = o - o.max(axis=-1, keepdims=True)
    return o - np.log(np.exp(o).sum(axis=-1, keepdims=True))


def _check_shapes(parameters: Parameters, x, h_0):
    received = {name: np.shape(value) for name, value in vars(parameters).items()}
    m, n, K = np.size(parameters.b), received["U"][-1:], np.size(parameters.c)
    expected = {"U": (m, *n), "W": (m, m), "V": (K, m), "b": (m,), "c": (K,)}
    if received != expected or not n:
        raise ZooError(f"The parameters do not fit b and c: expected {expected}, received {received}.")
    if np.ndim(x) != 2 or len(x) == 0 or np.shape(x)[1:] != n:
        raise ZooError(
            f"x should be (tau, {n[0]}) with a step or more, as U is {received['U']}; received {np.shape(x)}."
        )
    if h_0 is not None and np.shape(h_0) != (m,):
        raise ZooError(f"h_0 should be ({m},), as W is {(m, m)}; received {np.shape(h_0)}.")


def _checked_answers(y, has_loss, o) -> tuple[np.ndarray, np.ndarray]:
    tau, K = o.shape
    y, has_loss = np.asarray(y), np.ones(tau, bool) if has_loss is None else np.asarray(has_loss)
    if y.shape != (tau,) or y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= K:
        raise ZooError(f"y should be {tau} whole numbers from 0 to {K - 1}, as x and V are; received {y!r:.80}.")
    if has_loss.shape != (tau,) or has_loss.dtype != bool:
        raise ZooError(f"has_loss should be {tau} booleans, one a step; received {has_loss!r:.80}.")
    return y, has_loss
