import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.attention import SCORES, Attention

RNG = np.random.default_rng(0)
QUERY, MEMORY = RNG.normal(size=(3, 2, 4)).astype("float32"), RNG.normal(size=(3, 5, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]], bool)


def attention(score, **options):
    layer = Attention(score, 6 if score == "additive" else None, **options)
    layer.build(QUERY.shape, MEMORY.shape)
    layer.set_weights([RNG.normal(size=weight.shape) for weight in layer.weights])
    return layer


def look(layer, memory=MEMORY, mask=MASK, query=QUERY):
    return [ops.convert_to_numpy(y) for y in layer(query, layer.keys(memory), memory, memory_mask=mask)]


def by_equation(layer, q, h):
    """The score of one query and one step of the memory."""
    weights = {weight.name: ops.convert_to_numpy(weight) for weight in layer.weights}
    if layer.score == "dot":
        return q @ h
    if layer.score == "general":
        return q @ (h @ weights["memory_kernel"])
    return weights["scale"][:, 0] @ np.tanh(q @ weights["query_kernel"] + h @ weights["memory_kernel"])


@pytest.mark.parametrize("score", SCORES)
def test_equation(score):
    layer = attention(score)
    context, weights = look(layer)
    for row in range(3):
        real = MEMORY[row, MASK[row]]
        for number, q in enumerate(QUERY[row]):
            e = np.exp([by_equation(layer, q, h) for h in real])
            a = e / e.sum()
            np.testing.assert_allclose(weights[row, number, MASK[row]], a, atol=1e-6)
            np.testing.assert_allclose(context[row, number], a @ real, atol=1e-5)


def test_general_is_luongs_product_of_query_matrix_and_memory():
    layer = attention("general")
    expected = np.einsum("bqi,ij,bsj->bqs", QUERY, ops.convert_to_numpy(layer.memory_kernel).T, MEMORY)
    weights = look(layer, mask=None)[1]
    np.testing.assert_allclose(weights, ops.convert_to_numpy(ops.softmax(expected)), atol=1e-5)


@pytest.mark.parametrize("score", SCORES)
def test_padding_has_no_weight_and_changes_nothing(score):
    layer = attention(score)
    context, weights = look(layer)
    assert (weights[~np.broadcast_to(MASK[:, None], weights.shape)] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
    otherwise = np.where(MASK[..., None], MEMORY, 1000.0).astype("float32")
    longer = np.pad(otherwise, [(0, 0), (0, 3), (0, 0)], constant_values=-1000.0)
    for memory, mask in ((otherwise, MASK), (longer, np.pad(MASK, [(0, 0), (0, 3)]))):
        np.testing.assert_allclose(look(layer, memory, mask)[0], context, atol=1e-6)
    short = look(layer, MEMORY[1:2, :2], None, QUERY[1:2])
    np.testing.assert_allclose(short[0], context[1:2], atol=1e-6)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_low_precision(score, policy):
    layer = attention(score, dtype=policy)
    full = attention(score)
    full.set_weights(layer.get_weights())
    context, weights = look(layer)
    assert layer.keys(MEMORY).dtype == layer.compute_dtype
    assert (weights[:, :, :][~np.broadcast_to(MASK[:, None], weights.shape)] == 0).all()
    np.testing.assert_allclose(context.astype("float32"), look(full)[0], atol=0.1 if "b" in policy else 0.02)


@pytest.mark.parametrize("score", SCORES)
def test_configuration_round_trip(score):
    layer = attention(score)
    copy = Attention.from_config(layer.get_config())
    copy.build(QUERY.shape, MEMORY.shape)
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(look(copy)[0], look(layer)[0])


@pytest.mark.parametrize("score", SCORES)
def test_in_a_functional_model(score):
    layer = attention(score)
    query, memory = keras.Input((None, 4)), keras.Input((None, 4))
    model = keras.Model([query, memory], list(layer(query, layer.keys(memory), memory)))
    assert model.output_shape == [(None, None, 4), (None, None, None)]
    for found, expected in zip(model([QUERY, MEMORY]), look(layer, mask=None)):
        np.testing.assert_allclose(ops.convert_to_numpy(found), expected, atol=1e-6)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Attention("cosine"), "Unknown attention score 'cosine'"),
        (lambda: Attention("additive"), "units=None, score='additive'"),
        (lambda: Attention("dot", 4), "units=4, score='dot'"),
        (lambda: Attention("additive", 0), "positive integer, received 0"),
        (lambda: Attention("dot").build((None, None, 3), (None, None, 4)), "received 3 and 4. Use 'general'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ZooError, match=message):
        make()
