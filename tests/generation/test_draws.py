"""Draws follow the distribution they are told to, and depend on nothing but their seed."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import builders
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.generation.draws import NEVER, draw, narrowed, row_seeds

RNG = np.random.default_rng(0)
PROBABILITIES = RNG.dirichlet(np.full(12, 0.6), 5).astype("float32")
SCORES = np.log(PROBABILITIES)
RULES = [(1.0, None, None), (0.7, 4, None), (1.0, None, 0.7), (1.5, None, 0.05), (1.3, 6, 0.8), (2.0, 50, 1.0)]


def filtered(probabilities, temperature, top_k, top_p):
    """The distribution that is left, one row, in float64 (Holtzman et al. 2020, eqs. 2-3)."""
    powered = probabilities.astype("float64") ** (1 / temperature)
    powered /= powered.sum()
    order = sorted(range(len(powered)), key=lambda i: -powered[i])
    kept = order[:top_k]
    if top_p is not None:
        renormalised = powered / powered[kept].sum()
        count = next((n for n in range(1, len(kept)) if renormalised[kept[:n]].sum() >= top_p), len(kept))
        kept = kept[:count]
    left = np.zeros_like(powered)
    left[kept] = powered[kept]
    return left / left.sum()


@pytest.mark.parametrize("temperature, top_k, top_p", RULES)
def test_narrowed_is_the_filtered_distribution(temperature, top_k, top_p):
    scores = narrowed(ops.convert_to_tensor(SCORES), temperature, top_k, top_p)
    expected = [filtered(row, temperature, top_k, top_p) for row in PROBABILITIES]
    np.testing.assert_allclose(ops.convert_to_numpy(ops.softmax(scores)), expected, atol=1e-6)


def test_every_row_may_have_its_own_rules():
    own = [
        np.array(values) for values in zip(*[(0.5, 3, 0.9), (1.0, 12, 0.5), (2.0, 1, 1.0), (1, 2, 0.1), (3, 9, 0.7)])
    ]
    scores = ops.convert_to_numpy(ops.softmax(narrowed(ops.convert_to_tensor(SCORES), *own)))
    expected = [filtered(row, *rules) for row, *rules in zip(PROBABILITIES, *own)]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


@pytest.mark.parametrize("temperature, top_k, top_p", RULES)
def test_draws_follow_the_filtered_distribution(temperature, top_k, top_p):
    draws = 20000
    scores = narrowed(ops.convert_to_tensor(SCORES[:1]), temperature, top_k, top_p)
    chosen = ops.convert_to_numpy(draw(ops.repeat(scores, draws, axis=0), row_seeds(11, draws), 3))
    counts, expected = np.bincount(chosen, minlength=12), draws * filtered(PROBABILITIES[0], temperature, top_k, top_p)
    possible = expected > 0
    assert counts[~possible].sum() == 0
    chi_square = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    freedom = possible.sum() - 1
    assert chi_square <= freedom + 4 * np.sqrt(2 * freedom) + 8


def test_draws_at_different_positions_are_independent():
    """Pairs of successive draws of a row, and of neighbouring rows, are as frequent as chance has it."""
    rows, symbols = 20000, 4
    scores = ops.zeros((rows, symbols))
    drawn = [ops.convert_to_numpy(draw(scores, row_seeds(5, rows), position)) for position in (0, 1)]
    for one, other in (drawn, (drawn[0][:-1], drawn[0][1:])):
        counts = np.bincount(one * symbols + other, minlength=symbols**2)
        expected = len(one) / symbols**2
        assert ((counts - expected) ** 2 / expected).sum() < 45  # 15 degrees of freedom: once in ten thousand.


def may_be_drawn(sampler, probabilities, turns=400):
    """The symbols that `sampler` ever draws."""
    many = ops.convert_to_tensor(np.repeat(probabilities[None], turns, axis=0))
    return set(ops.convert_to_numpy(sampler.get_next_token(many)).tolist())


@pytest.mark.parametrize(
    "top_k, top_p", [(1, None), (4, None), (9, None), (None, 0.2), (None, 0.6), (None, 0.9), (5, 0.6)]
)
def test_what_keras_hub_may_draw_may_be_drawn_here(top_k, top_p):
    samplers = pytest.importorskip("keras_hub").samplers
    for row in np.random.default_rng(1).dirichlet(np.full(10, 2.0), 4).astype("float32"):
        here = (
            ops.convert_to_numpy(narrowed(ops.convert_to_tensor(np.log(row)[None]), 1.0, top_k, top_p))[0] > NEVER / 2
        )
        if top_p is None:
            sampler, told = samplers.TopKSampler(k=top_k, seed=2), row
        else:  # Theirs does not divide by what `top_k` has left.
            told = row if top_k is None else np.where(row >= np.sort(row)[-top_k], row, 0)
            sampler, told = samplers.TopPSampler(p=top_p, k=top_k, seed=2), told / told.sum()
        found = may_be_drawn(sampler, told)
        assert found <= set(np.flatnonzero(here))
        likely = np.where(here, row, 0) / row[here].sum() > 0.03  # Missed by 400 draws once in 200 000.
        assert set(np.flatnonzero(likely)) <= found


def test_what_cannot_be_is_never_drawn():
    """Not even where the sum of very unequal probabilities is rounded."""
    scores = np.full((1, 500), NEVER, "float32")
    scores[0, ::7] = np.random.default_rng(2).normal(scale=8, size=72)
    many = ops.convert_to_tensor(np.repeat(scores, 5000, axis=0))
    chosen = ops.convert_to_numpy(draw(many, row_seeds(0, 5000), 0))
    assert (chosen % 7 == 0).all() and len(set(chosen)) > 1


def language_model():
    model = builders.build_language_model((None,), 9, 6, vocabulary_size=9, embedding_dim=4)
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


@pytest.mark.parametrize("options", [{}, {"top_k": 3}, {"top_p": 0.8, "top_k": 5}])
def test_a_row_with_its_own_seed_draws_the_same_alone_and_in_a_batch(options):
    writer = SequenceWriter(language_model(), 10, temperature=1.3, **options)
    prompts, seeds = np.array([[4, 5, 6], [7, 0, 0], [4, 5, 6], [8, 8, 0]]), np.array([3, 99, 2**31 + 5, -4])
    together = writer(prompts, seed=seeds)
    for number, prompt in enumerate(prompts):
        alone = writer(prompt[prompt != 0][None], seed=seeds[number : number + 1])
        np.testing.assert_array_equal(alone.ids[0], together.ids[number])
        np.testing.assert_allclose(alone.log_probabilities[0], together.log_probabilities[number], atol=1e-5)
    assert (together.ids[0] != together.ids[2]).any()


def test_rows_of_one_seed_differ():
    ids = SequenceWriter(language_model(), 10, temperature=1.0)(np.full((20, 1), 5), seed=4).ids
    assert len({row.tobytes() for row in ids}) > 10


# MurmurHash3's finaliser in exact integers.
def mixed(x):
    x &= 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    return x


def uniform(seed, position):
    return (mixed(seed ^ mixed(position + 1)) & 0x7FFFFF) / 2**23


DRAWN = """
import json
from keras import ops
from keras_rnn_zoo.generation.draws import draw, row_seeds
seeds = row_seeds(7, 50)
scores = ops.zeros((50, 1000))
print(json.dumps([ops.convert_to_numpy(x).tolist() for x in (seeds, draw(scores, seeds, 0), draw(scores, seeds, 41))]))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_every_backend_draws_the_same(backend):
    pytest.importorskip(backend)
    if keras.backend.backend() != "tensorflow":
        pytest.skip("compared once, in the run on TensorFlow")
    environment = {**os.environ, "KERAS_BACKEND": backend}
    output = subprocess.run([sys.executable, "-c", DRAWN], check=True, env=environment, capture_output=True, text=True)
    seeds, *draws = json.loads(output.stdout.splitlines()[-1])
    expected = [mixed(number + mixed(7)) for number in range(50)]
    assert [seed & 0xFFFFFFFF for seed in seeds] == expected
    for position, drawn in zip((0, 41), draws):
        for seed, symbol in zip(expected, drawn):
            assert abs(uniform(seed, position) * 1000 - symbol - 0.5) < 0.502  # The symbol's share, but for rounding.
