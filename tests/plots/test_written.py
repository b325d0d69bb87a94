"""Pictures of what was written: the data is in them, nothing is cut off or warned about, and misfits are refused."""

import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.plots.attention import plot_attention, plot_attentions
from keras_rnn_zoo.plots.by_length import plot_by_length
from keras_rnn_zoo.plots.captions import plot_captions
from keras_rnn_zoo.plots.legible import legible
from tests.plots.rendering import apart, inside

SOURCE, TARGET = ["ışık", "İstanbul'daki", "🐕", "$5", "</s>"], ["a", " ", "$6", "representatives"]
RNG = np.random.default_rng(0)
WEIGHTS = RNG.dirichlet(np.ones(5), 4)
CURVES = {"one $ two $": [("1-5", 40.0, 1200), ("6+", 30.0, 7)], "🐕": [("1-5", 35.0, 1200), ("6+", 33.0, 7)]}


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """The figures that were saved; a warning is an error, a glyph that is missing above all."""
    figures, save = [], Figure.savefig

    def keep(figure, *arguments, **options):
        figures.append(figure)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", keep)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield figures


def texts(labels):
    return [label.get_text() for label in labels]


def test_attention(tmp_path, drawn):
    path = plot_attention(WEIGHTS, SOURCE, TARGET, tmp_path / "a.png")
    axes = drawn[0].axes[0]
    np.testing.assert_allclose(axes.images[0].get_array(), WEIGHTS)
    assert texts(axes.get_xticklabels()) == ["ışık", "İstanbul'daki", "□", r"\$5", "</s>"]
    assert texts(axes.get_yticklabels()) == ["a", "␣", r"\$6", "representatives"]
    assert inside(drawn[0]) and imread(path).shape[0] > 100


def test_attention_to_many_nameless_steps(tmp_path, drawn):
    plot_attention(RNG.dirichlet(np.ones(300), 4), None, TARGET, tmp_path / "a.png")
    assert len(drawn[0].axes[0].get_xticks()) < 20 and inside(drawn[0])
    assert drawn[0].get_size_inches()[0] < 12


def test_attentions_stand_apart(tmp_path, drawn):
    small = np.eye(2), ["Merhaba", "</s>"], ["Hello", "</s>"]
    plot_attentions([(WEIGHTS, SOURCE, TARGET), small, small], tmp_path / "a.png")
    panels = [axes for axes in drawn[0].axes if axes.images]
    assert [axes.images[0].get_array().shape for axes in panels] == [(4, 5), (2, 2), (2, 2)]
    squares = {round(axes.bbox.width / axes.images[0].get_array().shape[1]) for axes in panels}
    assert len(squares) == 1 and inside(drawn[0]) and apart(drawn[0])


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_captions(tmp_path, drawn, columns):
    long = "muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine"
    written = ["a 🐕 for $5 or $6", "a dog", long]
    references = [["a cat"], ["dog", "a dog"], [" ".join(["long"] * 30)]]
    pictures = RNG.integers(0, 256, (3, 9, 12, 3)).astype("uint8")
    plot_captions(pictures, written, references, tmp_path / "c.png", columns=columns)
    axes = drawn[0].axes
    assert [a.get_title().replace("\n", "") for a in axes] == [r"a □ for \$5 or \$6", "✓ a dog", long]
    assert [a.get_xlabel().startswith("right: ") for a in axes] == [True, False, True]
    assert axes[0].title.get_color() != axes[1].title.get_color() == "#1b7a2f"
    np.testing.assert_allclose(axes[1].images[0].get_array(), pictures[1] / 255)
    assert apart(drawn[0]) and inside(drawn[0])


@pytest.mark.parametrize("shape", [(2, 8, 8), (2, 8, 8, 1), (2, 8, 8, 4)])
def test_grey_and_transparent_pictures(tmp_path, shape):
    path = plot_captions(np.full(shape, 0.5), ["a", "b"], [["a"], ["c"]], tmp_path / "c.png")
    picture = imread(path)
    # Grey of one half in the middle of the left picture, however bright the brightest value is.
    assert picture[picture.shape[0] // 2, picture.shape[1] // 4, 0] == pytest.approx(
        0.75 if shape[-1] == 4 else 0.5, abs=0.01
    )


def test_by_length(tmp_path, drawn):
    plot_by_length(CURVES, tmp_path / "l.png", "BLEU")
    axes = drawn[0].axes[0]
    assert [list(line.get_ydata()) for line in axes.lines] == [[40, 30], [35, 33]]
    assert texts(axes.get_xticklabels()) == ["1-5\nn=1,200", "6+\nn=7"]
    assert texts(axes.get_legend().get_texts()) == [r"one \$ two \$", "□"]
    assert axes.get_ylabel() == "BLEU" and axes.get_ylim()[0] == 0 and inside(drawn[0])


def test_legible_keeps_what_the_font_has():
    assert legible("Ğğ İı ß ▁ê\n") == "Ğğ İı ß ▁ê\n"


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda path: plot_attention(WEIGHTS.T, SOURCE, TARGET, path), r"\(4, 5\).*received \(5, 4\)"),
        (lambda path: plot_attention(np.zeros((0, 5)), SOURCE, [], path), "not empty"),
        (lambda path: plot_attention(3.0, None, TARGET, path), r"received \(\)"),
        (lambda path: plot_attention(-WEIGHTS, SOURCE, TARGET, path), "at least 0"),
        (lambda path: plot_attentions([], path), "a sentence"),
        (lambda path: plot_captions(np.zeros((2, 8, 8)), ["a"], [["a"]], path), "2 pictures, 1 captions"),
        (lambda path: plot_captions(np.zeros((1, 8, 8)), ["a"], ["a"], path), "list of one or more"),
        (lambda path: plot_captions(np.zeros((1, 8, 8)), ["a"], [["a"]], path, columns=0), "at least 1"),
        (lambda path: plot_captions(np.zeros((1, 8, 8, 2)), ["a"], [["a"]], path), "1, 3 or 4"),
        (lambda path: plot_captions(np.full((1, 8, 8), 2.0), ["a"], [["a"]], path), "from 0 to 1"),
        (lambda path: plot_by_length({}, path, "BLEU"), "nothing to draw"),
        (lambda path: plot_by_length({"a": []}, path, "BLEU"), "nothing to draw"),
        (lambda path: plot_by_length({"a": [("1", 2, 3)], "b": [("1", 2, 4)]}, path, "BLEU"), "same ranges"),
    ],
)
def test_misfits(tmp_path, call, says):
    with pytest.raises(ZooError, match=says):
        call(tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()
