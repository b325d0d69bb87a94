"""Every cell's equation once more, as one would write it down: no hoisting, no own backward pass.

Each function takes `m` (a module with NumPy's words: `keras.ops`, or `tests.cells.numpy_math`), the cell (for its options),
`w` (its weights by attribute name), `x` `(batch, features)` and the list of states, and returns `(output, states)`. The
tests run them in NumPy against the cells, `bench speed` in `keras.layers.RNN` against `layers.Recurrent`, and `describe` on
symbols, to draw them.
"""

from keras_rnn_zoo.equations import gru, lstm, rnn

EQUATIONS = {**rnn.EQUATIONS, **lstm.EQUATIONS, **gru.EQUATIONS}
