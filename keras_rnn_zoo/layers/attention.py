"""Which parts of a memory a query looks at."""

import keras
from keras import ops

from keras_rnn_zoo.cells.cell import positive
from keras_rnn_zoo.errors import ZooError, unknown_name

SCORES = ("additive", "dot", "general")
_NEVER = -1e9


@keras.saving.register_keras_serializable("keras_rnn_zoo")
class Attention(keras.layers.Layer):
    """`a_j = softmax_j score(q, h_j)`, `c = sum_j a_j h_j`, over the real steps j of the memory h.

    Scores:

    - `"additive"`: `v^T tanh(W q + U h_j)` (Bahdanau et al. 2015; it is what Luong et al. 2015 call concat);
    - `"dot"`: `q^T h_j` (Luong et al. 2015), which needs equal widths;
    - `"general"`: `q^T W h_j` (Luong et al. 2015).

    The memory's part of the score, `keys`, is formed once a sequence. The softmax is taken in float32.

    Args:
        score: see above.
        units: the width of the additive score's hidden layer.

    Call arguments:
        query: `(batch, queries, width)`.
        keys: what `keys(memory)` returned.
        memory: `(batch, steps, features)`.
        memory_mask: `(batch, steps)`, True where a step is real; each row has at least one.

    Returns:
        `c`, `(batch, queries, features)`, and `a`, `(batch, queries, steps)`.

    >>> layer, memory = Attention("additive", 8), ops.ones((2, 5, 3))
    >>> layer.build((2, 4, 6), (2, 5, 3))
    >>> context, weights = layer(ops.ones((2, 4, 6)), layer.keys(memory), memory)
    >>> tuple(context.shape), tuple(weights.shape)
    ((2, 4, 3), (2, 4, 5))
    """

    def __init__(self, score="additive", units=None, **kwargs):
        super().__init__(**kwargs)
        if score not in SCORES:
            raise unknown_name("attention score", score, SCORES)
        if (units is not None) != (score == "additive"):
            raise ZooError(f"units are the additive score's hidden layer: received units={units!r}, score={score!r}.")
        self.score = score
        self.units = units if units is None else positive(units, "units")
        self.supports_masking = True

    def build(self, query_shape, memory_shape):
        width, features = query_shape[-1], memory_shape[-1]
        if self.score == "dot" and width != features:
            raise ZooError(
                f"The dot score needs a query as wide as the memory's steps: received {width} and {features}. "
                "Use 'general' or 'additive'."
            )
        if self.score != "dot":
            self.memory_kernel = self.add_weight(name="memory_kernel", shape=(features, self.units or width))
        if self.score == "additive":
            self.query_kernel = self.add_weight(name="query_kernel", shape=(width, self.units))
            self.scale = self.add_weight(name="scale", shape=(self.units, 1))
        self.built = True

    def keys(self, memory):
        """The memory's part of the score, `(batch, steps, width)`."""
        memory = ops.cast(memory, self.compute_dtype)
        return memory if self.score == "dot" else ops.matmul(memory, ops.cast(self.memory_kernel, self.compute_dtype))

    def call(self, query, keys, memory, memory_mask=None):
        scores = ops.cast(self._scores(query, keys), "float32")
        if memory_mask is not None:
            scores = ops.where(ops.cast(memory_mask, "bool")[:, None, :], scores, _NEVER)
        weights = ops.cast(ops.softmax(scores, axis=-1), self.compute_dtype)
        return ops.matmul(weights, ops.cast(memory, self.compute_dtype)), weights

    def _scores(self, query, keys):
        if self.score != "additive":
            return ops.matmul(query, ops.swapaxes(keys, 1, 2))
        projected = ops.matmul(query, self.query_kernel)
        hidden = ops.tanh(projected[:, :, None, :] + keys[:, None, :, :])
        return ops.matmul(hidden, self.scale)[..., 0]

    def compute_mask(self, query, mask=None):
        return None

    def compute_output_spec(self, query, keys, memory, memory_mask=None):
        batch, queries, _ = query.shape
        return (
            keras.KerasTensor((batch, queries, memory.shape[-1]), dtype=self.compute_dtype),
            keras.KerasTensor((batch, queries, memory.shape[1]), dtype=self.compute_dtype),
        )

    def get_config(self):
        return {**super().get_config(), "score": self.score, "units": self.units}
