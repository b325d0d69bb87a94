"""The error surface of Pascanu et al. 2013, fig. 6: its points, its gradient, and what clipping does on it."""

import numpy as np
import pytest

from keras_rnn_zoo.equations.error_surface import clip, descend, error, gradient
from keras_rnn_zoo.errors import ZooError

POINTS = {(4.5, -2.9): 0.397, (5.0, -2.7): 0.361, (5.0, -2.6): 0.012, (5.5, -1.9): 0.072}


@pytest.mark.parametrize("point", POINTS)
def test_points_of_the_surface(point):
    assert round(float(error(*point)), 3) == POINTS[point]


def test_the_equation_written_out():
    x = 0.5
    for _ in range(50):
        x = 5.1 / (1 + np.exp(-x)) - 2.4
    assert error(5.1, -2.4) == pytest.approx((1 / (1 + np.exp(-x)) - 0.7) ** 2, rel=1e-12)


def test_arrays_give_what_their_numbers_give():
    w, b = np.linspace(4.5, 5.5, 5), np.linspace(-2.9, -1.9, 4)[:, None]
    along_w, along_b = gradient(w, b)
    assert error(w, b).shape == along_w.shape == along_b.shape == (4, 5)
    for row, column in np.ndindex(4, 5):
        assert error(w[column], b[row, 0]) == pytest.approx(error(w, b)[row, column])
        assert gradient(w[column], b[row, 0]) == pytest.approx((along_w[row, column], along_b[row, column]))


@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize("point", [(4.5, -2.9), (5.0, -2.6), (5.3, -2.0), (4.6, -2.37), (-2.0, 0.3)])
def test_finite_differences(point, steps):
    w, b = point
    e = 1e-6
    numerical = [
        (error(w + e, b, steps) - error(w - e, b, steps)) / (2 * e),
        (error(w, b + e, steps) - error(w, b - e, steps)) / (2 * e),
    ]
    np.testing.assert_allclose(gradient(w, b, steps), numerical, rtol=1e-6, atol=1e-9)


def test_the_cliff_is_steep_and_its_feet_are_not():
    along_b = np.linspace(-2.7, -2.5, 20_001)
    steepness = np.hypot(*gradient(5.0, along_b))
    assert steepness.max() > 1_000 and along_b[steepness.argmax()] == pytest.approx(-2.6124, abs=1e-3)
    assert np.hypot(*gradient(5.0, -2.7)) < 0.25 and np.hypot(*gradient(5.0, -2.5)) < 0.25


def test_clipping_keeps_the_direction():
    vector = np.array([30.0, -40.0])
    np.testing.assert_allclose(clip(vector, 0.5), [0.3, -0.4])
    np.testing.assert_allclose(clip(vector, 60.0), vector)


def test_descent_is_thrown_off_the_cliff_unless_it_is_clipped():
    thrown, kept = descend((5.2, -2.2), 0.05, 150), descend((5.2, -2.2), 0.05, 150, clip_norm=0.5)
    assert np.abs(thrown.points[-1] - thrown.points[0]).max() > 10
    assert np.abs(kept.points - kept.points[0]).max() < 0.6 and kept.errors[-1] < 0.01
    steps = np.linalg.norm(np.diff(kept.points, axis=0), axis=1)
    np.testing.assert_allclose(steps, 0.05 * np.minimum(kept.norms[:-1], 0.5))
    np.testing.assert_allclose(np.linalg.norm(np.diff(thrown.points, axis=0), axis=1), 0.05 * thrown.norms[:-1])
    np.testing.assert_allclose(kept.errors, error(*kept.points.T))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"learning_rate": 0}, "learning_rate should be a finite number above 0, received 0"),
        ({"learning_rate": np.nan}, "learning_rate"),
        ({"updates": 0}, "updates"),
        ({"clip_norm": 0.0}, "clip_norm should be a finite number above 0, received 0.0"),
        ({"clip_norm": -1}, "clip_norm"),
        ({"steps": 0}, "steps must be at least 1, received 0"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, says):
    with pytest.raises(ZooError, match=says):
        descend((5.2, -2.2), **{"learning_rate": 0.05, "updates": 3, **arguments})
