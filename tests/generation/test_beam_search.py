"""Beam search against exhaustive search, and against a plain Python beam, over many small random models."""

from functools import partial
from itertools import product

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn_zoo import builders
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.generation.beam_search import beam_search
from keras_rnn_zoo.generation.one_by_one import most_probable, write_one_by_one
from keras_rnn_zoo.generation.options import Options
from keras_rnn_zoo.generation.penalties import coverage_penalty, length_penalty
from keras_rnn_zoo.generation.rules import Rules
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN

SYMBOLS, FEATURES = 7, 3
SOURCES = np.array([[4, 5, 6, 1], [6, 0, 0, 0], [5, 5, 4, 0]], "int32")
CONTEXTS = np.random.default_rng(0).normal(size=(3, FEATURES)).astype("float32")
PROMPTS = np.array([[4, 6, 5], [5, 0, 0], [6, 4, 0]], "int32")
DRAWS = 8  # Of the weights of every model, in every test: more than two hundred models a test.


def unaligned(cell, units=5, **options):
    return builders.build_many_to_many_unaligned(
        (None,), SYMBOLS, units, cell=cell, vocabulary_size=SYMBOLS, embedding_dim=3, **options
    )


def one_to_many(cell, units, conditioning):
    return builders.build_one_to_many(
        (FEATURES,), SYMBOLS, units, cell=cell, embedding_dim=3, conditioning=conditioning
    )


BUILD = {
    "language model": lambda: builders.build_language_model(
        (None,), SYMBOLS, (4, 6), vocabulary_size=SYMBOLS, embedding_dim=3, cell="gru", skip_connections="input"
    ),
    "first bias": lambda: one_to_many("simple_rnn", 6, "first_bias"),
    "first step": lambda: one_to_many("lstm", (4, 4), "first_step"),
    "copied states": lambda: unaligned("lstm", bridge="copy", reverse_source=True),
    "bahdanau": lambda: unaligned("gru", 5, bidirectional=True, attention="bahdanau"),
    "luong_dot": lambda: unaligned("lstm", (5, 5), attention="luong_dot", bridge="copy"),
    "luong_general": lambda: unaligned("peephole_lstm", 4, attention="luong_general", readout_units=3),
    "luong_concat": lambda: unaligned("gru", 4, attention="luong_concat", input_feeding=False),
}
ATTENTIVE = ("bahdanau", "luong_dot", "luong_general", "luong_concat")


def inputs_of(name):
    return {"language model": PROMPTS, "first bias": CONTEXTS, "first step": CONTEXTS}.get(name, SOURCES)


class WithAttention(keras.Model):
    """A translator's probabilities, and where it looked."""

    def __init__(self, model):
        super().__init__()
        self.encoder, self.decoder = model.get_layer("encoder"), model.get_layer("decoder")

    def call(self, fields):
        arguments = self.decoder.arguments(self.encoder(fields["source"]))
        return self.decoder(fields["previous"], **arguments, return_attention_scores=True)


class Forced:
    """A model, what it says about whole sequences by teacher forcing, and new weights for it."""

    def __init__(self, name):
        self.name, self.inputs, self.model = name, inputs_of(name), BUILD[name]()
        self.whole = WithAttention(self.model) if name in ATTENTIVE else self.model

    def redraw(self, seed):
        rng = np.random.default_rng(seed)
        scale = rng.uniform(0.5, 1.5)
        self.model.set_weights([rng.normal(scale=scale, size=weight.shape) for weight in self.model.get_weights()])

    def tables(self, letters, length):
        """For each row: after each beginning of `letters`, the log-probabilities and where the model looked."""
        beginnings = list(product(letters, repeat=length - 1))
        return [self._table(row, beginnings, length) for row in self.inputs]

    def _table(self, row, beginnings, length):
        many, given = len(beginnings), [START]
        if self.name == "language model":
            given = [symbol for symbol in row if symbol != PAD]
        previous = np.array([[*given, *ids] for ids in beginnings], "int32").reshape(many, -1)
        fields = {
            "previous": previous,
            "source" if self.inputs is SOURCES else "context": np.repeat(row[None], many, 0),
        }
        answers = self.whole.predict_on_batch(previous if self.name == "language model" else fields)
        probabilities, attention = answers if self.name in ATTENTIVE else (answers, np.zeros((*previous.shape, 1)))
        scores = np.log(np.maximum(probabilities[:, len(given) - 1 :].astype("float64"), 1e-30))
        return {
            ids[:n]: (scores[number, n], attention[number, n])
            for number, ids in enumerate(beginnings)
            for n in range(length)
        }


@pytest.fixture(scope="module", params=BUILD)
def forced(request):
    return Forced(request.param)


def score(table, ids, row, alpha, beta):
    """Wu et al. 2016, eq. 14, and the log-probability alone."""
    steps = [table[ids[:n]] for n in range(len(ids))]
    total = sum(log_probabilities[symbol] for symbol, (log_probabilities, _) in zip(ids, steps))
    ranked = total / ((5 + len(ids)) / 6) ** alpha
    if beta:
        coverage = sum(attention for _, attention in steps)[: np.sum(row != 0)]
        ranked += beta * np.log(np.clip(coverage, 1e-10, 1)).sum()
    return ranked, total


def all_hypotheses(letters, length):
    ended = [(*ids, END) for n in range(length) for ids in product(letters, repeat=n)]
    return ended + list(product(letters, repeat=length))


def python_beam(table, row, letters, width, length, min_length=0, alpha=0.0, beta=0.0):
    """The beam, the best first."""
    beam = [()]
    for position in range(length):
        symbols = [*letters, END] if position >= min_length else letters
        grown = [ids for ids in beam if END in ids]
        grown += [(*ids, symbol) for ids in beam if END not in ids for symbol in symbols]
        beam = sorted(grown, key=lambda ids: score(table, ids, row, alpha, beta)[0], reverse=True)[:width]
    return beam


def check(written, expected, row, table, number, alpha=0.0, beta=0.0):
    """That row `number` of what was written is the list of hypotheses `expected`."""
    found = [tuple(int(i) for i in ids[:n]) for ids, n in zip(written.ids[number], written.lengths[number])]
    assert found == expected
    length = written.ids.shape[-1]
    assert written.ids[number].tolist() == [[*ids, *[PAD] * (length - len(ids))] for ids in expected]
    ranked, totals = zip(*(score(table, ids, row, alpha, beta) for ids in expected))
    np.testing.assert_allclose(written.scores[number], ranked, rtol=2e-5, atol=2e-5)
    np.testing.assert_allclose(written.log_probabilities[number], totals, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("alpha, beta", [(0.0, 0.0), (0.6, 0.0), (1.0, 0.0), (0.6, 0.3)])
def test_a_beam_as_wide_as_the_space_is_exhaustive_search(forced, alpha, beta):
    if beta and forced.name not in ATTENTIVE:
        pytest.skip("a coverage penalty is for models with attention")
    letters, length = (4, 5), 4
    hypotheses = all_hypotheses(letters, length)
    assert len(hypotheses) == 31
    options = {"length_penalty": alpha, "coverage_penalty": beta, "forbidden": (UNKNOWN, 6)}
    writer = SequenceWriter(forced.model, length, beam_size=31, n_best=31, **options)
    for draw in range(DRAWS):
        forced.redraw(draw)
        written = writer(forced.inputs)
        for number, (row, table) in enumerate(zip(forced.inputs, forced.tables(letters, length), strict=True)):
            best = sorted(hypotheses, key=lambda ids: score(table, ids, row, alpha, beta)[0], reverse=True)
            check(written, best, row, table, number, alpha, beta)


@pytest.mark.parametrize(
    "width, n_best, options",
    [
        (2, 1, {}),
        (3, 3, {"min_length": 3, "length_penalty": 0.6}),
        (4, 2, {"forbidden": (UNKNOWN, 5), "length_penalty": 1.0, "min_length": 1}),
        (3, 2, {"coverage_penalty": 0.2}),
    ],
)
def test_a_narrower_beam_equals_a_plain_python_beam(forced, width, n_best, options):
    if "coverage_penalty" in options and forced.name not in ATTENTIVE:
        pytest.skip("a coverage penalty is for models with attention")
    length = 5
    letters = [letter for letter in (4, 5, 6) if letter not in options.get("forbidden", ())]
    writer = SequenceWriter(forced.model, length, beam_size=width, n_best=n_best, **options)
    alpha, beta = options.get("length_penalty", 0.0), options.get("coverage_penalty", 0.0)
    for draw in range(DRAWS):
        forced.redraw(100 + draw)
        written = writer(forced.inputs)
        for number, (row, table) in enumerate(zip(forced.inputs, forced.tables(letters, length), strict=True)):
            beam = python_beam(table, row, letters, width, length, options.get("min_length", 0), alpha, beta)
            check(written, beam[:n_best], row, table, number, alpha, beta)


def test_every_row_is_searched_as_if_it_were_alone(forced):
    writer = SequenceWriter(forced.model, 6, beam_size=3, n_best=3, length_penalty=0.6)
    for draw in range(2):
        forced.redraw(200 + draw)
        together = writer(forced.inputs)
        for number, row in enumerate(forced.inputs):
            alone = writer((row if forced.inputs is CONTEXTS else row[row != PAD])[None])
            np.testing.assert_array_equal(alone.ids[0], together.ids[number])
            np.testing.assert_allclose(alone.scores[0], together.scores[number], rtol=1e-5, atol=1e-5)


def search_of_one(writer, inputs):
    """`writer`'s search with a beam of one hypothesis."""
    stepper = writer.stepper
    fixed, state = stepper.start(ops.convert_to_tensor(inputs))
    first = ops.full((len(inputs),), START, dtype="int32")
    return beam_search(stepper, writer.rules, writer.options, first, fixed, state)


@pytest.mark.parametrize("name", ["first bias", "bahdanau"])
def test_a_beam_of_one_is_greedy(name):
    forced = Forced(name)
    writer = SequenceWriter(forced.model, 6, min_length=2)
    forced.redraw(300)
    greedy, beam = writer(forced.inputs), search_of_one(writer, forced.inputs)
    np.testing.assert_array_equal(ops.convert_to_numpy(beam["ids"]), greedy.ids)
    np.testing.assert_allclose(ops.convert_to_numpy(beam["scores"]), greedy.scores, atol=1e-5)


def test_finished_hypotheses_keep_their_scores_in_a_longer_search(forced):
    options = {"beam_size": 4, "n_best": 4, "length_penalty": 0.6}
    short, long = SequenceWriter(forced.model, 4, **options), SequenceWriter(forced.model, 7, **options)
    seen = 0
    for draw in range(DRAWS):
        forced.redraw(400 + draw)
        one, other = short(forced.inputs), long(forced.inputs)
        for number in range(len(forced.inputs)):
            finished = {
                tuple(ids): found
                for ids, found, length in zip(one.ids[number], one.scores[number], one.lengths[number])
                if ids[length - 1] == END
            }
            for ids, found in zip(other.ids[number], other.scores[number]):
                if tuple(ids[:4]) in finished and not ids[4:].any():
                    assert found == pytest.approx(finished[tuple(ids[:4])], abs=1e-5)
                    seen += 1
    assert seen > DRAWS


class Script:
    """A stepper that says, at each position, what it is told to; the state is the position."""

    attends = reads_prompts = False

    def __init__(self, probabilities):
        self.rows = ops.convert_to_tensor(np.log(np.array(probabilities, "float32")))  # (rows, positions, symbols)
        self.symbols = self.rows.shape[2]

    def start(self):
        return [], (ops.zeros((self.rows.shape[0], 1)),)

    def step(self, symbols, fixed, state):
        position = ops.cast(state[0][:, 0], "int32")
        rows = ops.repeat(self.rows, position.shape[0] // self.rows.shape[0], axis=0)
        return ops.take_along_axis(rows, position[:, None, None], axis=1)[:, 0], (state[0] + 1,)


def scripted(search, positions, **options):
    """Two rows: the first ends at once, then hears only what would be worth much more than its end."""
    first = [[0.02, 0.02, 0.02, 0.90, 0.02, 0.02]] + [[1e-9, 1e-9, 1e-9, 1e-9, 0.999, 1e-3]] * 8
    second = [[0.01, 0.01, 0.01, 0.01, 0.93, 0.03]] * 6 + [[0.01, 0.01, 0.01, 0.95, 0.01, 0.01]] * 3
    stepper, options = Script([first, second]), Options(positions, **options)
    fixed, state = stepper.start()
    rules = Rules(stepper.symbols, options.forbidden, options.min_length)
    written = search(stepper, rules, options, ops.full((2,), START, dtype="int32"), fixed, state)
    return {name: ops.convert_to_numpy(value) for name, value in written.items()}


greedy_search = partial(write_one_by_one, choose=most_probable)


@pytest.mark.parametrize("search, options", [(beam_search, {"beam_size": 1}), (greedy_search, {})])
def test_nothing_changes_after_a_row_is_finished(search, options):
    short, long = scripted(search, 3, **options), scripted(search, 9, **options)
    for written in (short, long):
        row = {name: value[0].reshape(-1) for name, value in written.items()}
        assert row["ids"].tolist() == [END, *[PAD] * (len(row["ids"]) - 1)]
        assert row["lengths"] == [1]
        assert row["log_probabilities"] == pytest.approx([np.log(0.9)], abs=1e-6)
    assert long["ids"][1].reshape(-1).tolist() == [4] * 6 + [END, PAD, PAD]


def test_a_finished_hypothesis_gives_way_to_better_ones_only():
    best = scripted(beam_search, 9, beam_size=2)
    assert best["ids"][0, 0].tolist() == [END, *[PAD] * 8]
    # The rival, [4, 4, ...], has 0.02 of the probability: it stays the second, whatever it gains later.
    assert best["ids"][0, 1].tolist() == [4] * 9
    with_penalty = scripted(beam_search, 9, beam_size=2, length_penalty=10.0)
    assert with_penalty["ids"][0, 0].tolist() == [4] * 9


def test_fewer_hypotheses_than_the_beam_is_wide():
    """Long enough for the length penalty to bring the score of what cannot be near that of what can."""
    forced = Forced("bahdanau")
    forced.redraw(1)
    options = {"forbidden": (UNKNOWN, 5, 6), "length_penalty": 1.0, "return_attention": True}
    written = SequenceWriter(forced.model, 12, beam_size=16, n_best=16, **options)(SOURCES)
    hypotheses = all_hypotheses((4,), 12)
    assert len(hypotheses) == 13
    for number, (row, table) in enumerate(zip(SOURCES, forced.tables((4,), 12), strict=True)):
        ranked = sorted((score(table, ids, row, 1.0, 0.0)[0] for ids in hypotheses), reverse=True)
        np.testing.assert_allclose(written.scores[number, :13], ranked, rtol=1e-4)
    for values, nothing in ((written.scores, -np.inf), (written.log_probabilities, -np.inf), (written.lengths, 0)):
        assert (values[:, 13:] == nothing).all()
    assert not written.ids[:, 13:].any() and not written.attention[:, 13:].any()


@pytest.mark.parametrize("name, width", [("bahdanau", 1), *((name, 3) for name in ATTENTIVE)])
def test_attention_is_that_of_the_hypothesis(name, width):
    forced = Forced(name)
    forced.redraw(5)
    written = SequenceWriter(forced.model, 4, beam_size=width, n_best=width, return_attention=True)(SOURCES)
    assert written.attention.shape == (3, width, 4, 4)
    for number, table in enumerate(forced.tables((4, 5, 6), 4)):
        for ids, length, attention in zip(written.ids[number], written.lengths[number], written.attention[number]):
            expected = [table[tuple(ids[:n])][1] for n in range(length)]
            np.testing.assert_allclose(attention[:length], expected, atol=1e-5)
            np.testing.assert_allclose(attention[:length].sum(axis=-1), 1, atol=1e-5)
            assert not attention[length:].any() and not attention[:length, SOURCES[number] == PAD].any()


def test_penalties_are_wu_2016s():
    lengths = np.array([1, 7, 13])
    np.testing.assert_allclose(
        ops.convert_to_numpy(length_penalty(lengths, 0.6)), ((5 + lengths) / 6) ** 0.6, rtol=1e-6
    )
    coverage, mask = np.array([[0.5, 2.0, 0.0]], "float32"), np.array([[True, True, False]])
    np.testing.assert_allclose(
        ops.convert_to_numpy(coverage_penalty(coverage, 0.2, mask)), [0.2 * np.log(0.5)], rtol=1e-6
    )


@pytest.mark.parametrize("search, options", [(beam_search, {"beam_size": 2}), (greedy_search, {})])
def test_each_row_may_have_a_limit_of_its_own(search, options):
    """A row ends at its limit as if that were the greatest length, whatever the others do."""
    limited = scripted(partial(search, limits=ops.convert_to_tensor([9, 4], "int32")), 9, **options)
    whole, short = scripted(search, 9, **options), scripted(search, 4, **options)
    np.testing.assert_array_equal(limited["ids"][0], whole["ids"][0])
    np.testing.assert_array_equal(limited["ids"][1][..., :4], short["ids"][1])
    assert not limited["ids"][1][..., 4:].any()
    np.testing.assert_allclose(limited["log_probabilities"][1], short["log_probabilities"][1], rtol=1e-6)
