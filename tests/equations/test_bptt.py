"""The book's back-propagation through time against automatic differentiation, finite differences and its own special cases."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.equations.bptt import Parameters, back_propagate, by_loss, forward
from keras_rnn_zoo.errors import ZooError

TAU, N, M, K = 9, 3, 5, 4
NAMES = ("U", "W", "V", "b", "c")


def network(seed=0):
    """Parameters, a sequence, its classes and a first state."""
    rng = np.random.default_rng(seed)
    shapes = {"U": (M, N), "W": (M, M), "V": (K, M), "b": (M,), "c": (K,)}
    parameters = Parameters(**{name: rng.normal(scale=0.7, size=shape) for name, shape in shapes.items()})
    return parameters, rng.normal(size=(TAU, N)), rng.integers(K, size=TAU), rng.normal(size=M)


@pytest.fixture
def float64():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(before)


def model_in_float64():
    """The zoo's model, whose output layer is float32 whatever the policy, with that layer in float64 too."""
    model = zoo.build_many_to_many_aligned((None, N), K, M, cell="simple_rnn", mask_value=None)
    model = keras.models.clone_model(
        model, clone_function=lambda layer: type(layer).from_config({**layer.get_config(), "dtype": "float64"})
    )
    assert [weight.dtype for weight in model.trainable_weights] == ["float64"] * 5
    return model


def relative_error(received, expected):
    return np.abs(received - expected).max() / np.abs(expected).max()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="float64 and gradients by TensorFlow")
@pytest.mark.parametrize("last_alone", [False, True])
def test_autodiff_of_the_zoo_s_own_model(float64, last_alone):
    import tensorflow as tf

    model = model_in_float64()
    for weight in model.trainable_weights:
        weight.assign(np.random.default_rng(weight.shape[-1]).normal(scale=0.7, size=weight.shape))
    kernel, recurrent_kernel, bias, output_kernel, output_bias = model.get_weights()
    parameters = Parameters(U=kernel.T, W=recurrent_kernel.T, V=output_kernel.T, b=bias, c=output_bias)
    rng = np.random.default_rng(1)
    x, y = (
        rng.integers(-8, 9, (3, TAU, N)) / 4,
        rng.integers(K, size=(3, TAU)),
    )  # The model reads float32: these are exact.
    has_loss = np.arange(TAU) >= (TAU - 1 if last_alone else 0)
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x))
        loss = tf.reduce_sum(tf.where(has_loss, losses, 0.0))
    gradients = dict(zip(("U", "W", "b", "V", "c"), tape.gradient(loss, [w.value for w in model.trainable_weights])))

    terms = [back_propagate(parameters, x_i, y_i, has_loss=has_loss) for x_i, y_i in zip(x, y)]
    assert sum(term.losses.sum() for term in terms) == pytest.approx(float(loss), rel=1e-10)
    for name in NAMES:
        received = sum(getattr(term.contributions.sum(), name) for term in terms)
        assert relative_error(received.T, gradients[name].numpy()) < 1e-10, name
    received = np.stack([term.states.yhat for term in terms])
    np.testing.assert_allclose(received, model(x), rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_finite_differences_of_every_parameter(name):
    parameters, x, y, h_0 = network()
    gradient, value, step = (
        getattr(back_propagate(parameters, x, y, h_0).contributions.sum(), name),
        getattr(parameters, name),
        1e-6,
    )
    for place in np.ndindex(value.shape):
        kept, sides = value[place], []
        for side in (step, -step):
            value[place] = kept + side
            sides.append(back_propagate(parameters, x, y, h_0).losses.sum())
        value[place] = kept
        assert gradient[place] == pytest.approx((sides[0] - sides[1]) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("t", [1, 4, TAU])
def test_finite_differences_of_a_state(t):
    parameters, x, y, h_0 = network()
    terms = back_propagate(parameters, x, y, h_0)

    def loss_from(h):
        """Of step t and all later ones, the state at t being h."""
        o = parameters.c + parameters.V @ h
        own = np.log(np.exp(o).sum()) - o[y[t - 1]]
        return own + (back_propagate(parameters, x[t:], y[t:], h).losses.sum() if t < TAU else 0)

    numerical = [(loss_from(terms.states.h[t] + e) - loss_from(terms.states.h[t] - e)) / 2e-6 for e in 1e-6 * np.eye(M)]
    np.testing.assert_allclose(terms.grad_h[t - 1], numerical, atol=1e-8)


def test_finite_differences_of_the_jacobians():
    parameters, x, _, h_0 = network()
    jacobians = back_propagate(parameters, x, np.zeros(TAU, int), h_0).jacobians
    h = forward(parameters, x, h_0).h
    for t in range(TAU):
        after = [
            [forward(parameters, x[t : t + 1], h[t] + side * e).h[1] for side in (1, -1)] for e in 1e-6 * np.eye(M)
        ]
        numerical = np.transpose([(more - less) / 2e-6 for more, less in after])
        np.testing.assert_allclose(jacobians[t], numerical, atol=1e-8)


def test_the_loss_is_the_sum_of_the_steps_and_the_error_of_the_later_losses():
    parameters, x, y, h_0 = network()
    terms = back_propagate(parameters, x, y, h_0)
    alone = [back_propagate(parameters, x, y, h_0, np.arange(TAU) == s) for s in range(TAU)]
    np.testing.assert_allclose(terms.losses, [one.losses.sum() for one in alone])
    parts = by_loss(parameters, terms)
    np.testing.assert_allclose(parts.sum(axis=1), terms.grad_h, rtol=1e-12)
    for s, one in enumerate(alone):
        np.testing.assert_allclose(parts[:, s], one.grad_h, atol=1e-14)
    for name in NAMES:
        whole = getattr(terms.contributions, name)
        np.testing.assert_allclose(whole, sum(getattr(one.contributions, name) for one in alone), atol=1e-12)


def test_many_to_one_learns_its_output_from_the_last_step():
    parameters, x, y, h_0 = network()
    terms = back_propagate(parameters, x, y, h_0, np.arange(TAU) == TAU - 1)
    assert (terms.grad_o[:-1] == 0).all() and (terms.contributions.V[:-1] == 0).all() and (terms.losses[:-1] == 0).all()
    error = parameters.V.T @ terms.grad_o[-1]
    for t in reversed(range(TAU)):
        np.testing.assert_allclose(terms.grad_h[t], error, atol=1e-14)
        error = terms.jacobians[t].T @ error


def test_large_outputs_have_a_finite_loss():
    parameters, x, y, h_0 = network()
    parameters.c[:] = [1e4, -1e4, 0, 0]
    terms = back_propagate(parameters, x, np.ones(TAU, int), h_0)
    np.testing.assert_allclose(terms.losses, 2e4, rtol=1e-3)
    assert np.isfinite(terms.grad_h).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"W": np.zeros((M, M + 1))}, r"do not fit b and c: expected .*'W': \(5, 5\).*received .*'W': \(5, 6\)"),
        ({"U": np.zeros(M)}, "do not fit b and c"),
        ({"U": np.zeros(())}, "do not fit b and c"),
        ({"x": np.zeros((TAU, N + 1))}, r"x should be \(tau, 3\).*received \(9, 4\)"),
        ({"x": np.zeros((0, N))}, r"received \(0, 3\)"),
        ({"h_0": np.zeros(M + 1)}, r"h_0 should be \(5,\).*received \(6,\)"),
        ({"y": np.full(TAU, K)}, "9 whole numbers from 0 to 3"),
        ({"y": np.full(TAU, -1)}, "9 whole numbers from 0 to 3"),
        ({"y": np.zeros(TAU)}, "9 whole numbers from 0 to 3"),
        ({"y": np.zeros(TAU + 1, int)}, "9 whole numbers"),
        ({"has_loss": np.ones(TAU)}, "9 booleans"),
        ({"has_loss": np.ones(TAU - 1, bool)}, "9 booleans"),
    ],
)
def test_what_does_not_fit_is_refused(change, says):
    parameters, x, y, h_0 = network()
    arguments = {"x": x, "y": y, "h_0": h_0, "has_loss": None} | {k: v for k, v in change.items() if k not in NAMES}
    parameters = Parameters(**{**vars(parameters), **{k: v for k, v in change.items() if k in NAMES}})
    with pytest.raises(ZooError, match=says):
        back_propagate(parameters, **arguments)
