"""Every cell's card has its parts, and the number of parameters it states is the number the cell has."""

import re

import pytest

from keras_rnn_zoo import cells
from keras_rnn_zoo.cards import cell_cards, description
from tests.contract.test_catalogue import CELLS as PARAMETERS

every_cell = pytest.mark.parametrize("name", cells.CELLS)
FEATURES, UNITS = 7, 12


@every_cell
def test_a_card_has_all_its_parts(name):
    card = cell_cards.card_of(name)
    assert re.search(r"`[^`]* = [^`]*`", card), "an equation"
    assert re.search(r"\([^()]*\b(19|20)\d\d", card.partition("\n\n")[0]), "a source"
    assert re.search(r"\(features,\)", card), "shapes"
    assert "Also known as:" in card
    assert "Not to\nbe confused with" in card or re.search(r"Not\s+to\s+be\s+confused\s+with", card)
    assert "\nParameters, for d features" in card
    assert name in cell_cards.KERAS_OWN or "\nArgs:" in card


@every_cell
def test_a_description_shows_the_card_and_one_step(name):
    text = description.describe(name)
    assert text.startswith(f"cell={name!r}: ") and cell_cards.card_of(name) in text and "One step:" in text
    assert "●" in text and description.describe(name, unicode=False).isascii()


def count(formula, **numbers):
    """The value of a formula in which juxtaposition multiplies."""
    assert re.fullmatch(r"[\sa-zA-Z0-9()+*/-]*", formula), formula
    spelled = re.sub(r"(?<=[\w)])\s+(?=[\w(])", " * ", formula)
    return eval(spelled, {"__builtins__": {}}, numbers)


@every_cell
def test_the_stated_number_of_parameters(name):
    formula = cell_cards.formula_of(cell_cards.card_of(name))
    own = {"m": UNITS, "p": UNITS // 2, "k": UNITS, "g": 4, "L": 2}
    assert count(formula, d=FEATURES, h=UNITS, **own) == PARAMETERS[name](FEATURES, UNITS), formula


@pytest.mark.parametrize(
    "name, options, formula",
    [
        ("deep_transition", {"shortcut": True}, "d (m + h) + h (m + h) + m h + m + h"),
        ("lstm_variant", {"variant": "FGR"}, "4 (d h + h h + h) + 3 h + 9 h h"),
        ("lstm_variant", {"variant": "NP"}, "4 (d h + h h + h)"),
        ("lstm_variant", {"variant": "CIFG"}, "3 (d h + h h + h) + 2 h"),
    ],
)
def test_the_number_of_parameters_with_options(name, options, formula):
    assert formula in " ".join(cell_cards.card_of(name).split())
    cell = cells.get(name)(11, **options)
    cell.build((None, FEATURES))
    assert cell.count_params() == count(formula, d=FEATURES, h=11, m=11)


def test_the_list_has_a_line_for_each_cell():
    lines = cell_cards.cell_lines()
    assert [line.name for line in lines] == cells.list_cells()
    lstm = next(line for line in lines if line.name == "lstm_1997")
    assert (lstm.cls, lstm.states, lstm.source) == ("LSTM1997Cell", "y, s", "Hochreiter & Schmidhuber 1997")
    assert all(line.summary and "\n" not in line.summary and len(line.summary) < 100 for line in lines)
