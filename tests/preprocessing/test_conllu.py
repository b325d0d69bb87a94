"""CoNLL-U: what is a word, and a line that is none."""

import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.conllu import parse_conllu


def line(number, form="a", upos="NOUN"):
    return "\t".join([str(number), form, "_", upos, *["_"] * 6])


def test_tokens_of_several_words_and_empty_nodes_are_left_out():
    lines = [
        "# sent_id = 1",
        "1-2\tdon't" + "\t_" * 8,
        line(1, "do", "AUX"),
        line(2, "n't", "PART"),
        "2.1\tgo" + "\t_" * 8,
    ]
    (words,) = parse_conllu([*lines, line(3, "#"), ""], "a.conllu")
    assert [(word.id, word.form, word.upos) for word in words] == [
        ("1", "do", "AUX"),
        ("2", "n't", "PART"),
        ("3", "#", "NOUN"),
    ]


def test_several_empty_lines_end_one_sentence():
    assert [len(words) for words in parse_conllu([line(1), "", "", "# text", line(1), line(2), ""], "a.conllu")] == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("second", "received"),
    [
        (line(3), r"column 1: .*received 10: '3 \| a"),
        (line("x"), r"column 1: .*received 10: 'x \| a"),
        (line(2) + "\t_", "column 11: .*received 11"),
        ("2\ta\t_\tNOUN", "column 5: .*received 4"),
        (line(2, ""), r"column 2: .*none empty"),
        (line(2, upos=""), r"column 4: .*none empty"),
        ("text", "column 1: .*received 1"),
    ],
)
def test_a_line_that_is_no_words(second, received):
    with pytest.raises(ZooError, match=f"a.conllu, line 3, {received}"):
        parse_conllu(["# text", line(1), second, ""], "a.conllu")


@pytest.mark.parametrize("lines", [[], ["# text", ""], [line(1), "", line(1)], [line(1)]])
def test_no_sentence_and_no_end(lines):
    with pytest.raises(
        ZooError, match="a.conllu should have (at least one sentence|an empty line after the last sentence)"
    ):
        parse_conllu(lines, "a.conllu")
