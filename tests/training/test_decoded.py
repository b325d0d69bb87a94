"""What is written is scored once for each different input, against all its right answers."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing import Vocabulary
from keras_rnn_zoo.preprocessing.vocabulary import END
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.decoded import commonest_answer, longest_answer, questions, scores, until_end, write
from keras_rnn_zoo.training.nearest_answers import nearest_answers

WORDS = Vocabulary(["a", "cat", "dog", "sat", "ran"])


def spec(**options):
    values = {"scores": ("bleu", "wer"), "vocabularies": {"targets": WORDS}, "writes": True, **options}
    return DatasetSpec("toy", "", "one_to_many", "symbols", {}, **values)


def examples(texts, groups):
    contexts = np.array(groups, "float32")[:, None] + [[0.0, 1.0]]
    targets = [np.array([*WORDS.encode(text), END], "int32") for text in texts]
    return Examples({"context": contexts, "previous": targets}, targets, texts, groups)


TRAIN = examples(["a cat sat", "a dog sat", "a dog ran", "a dog ran"], [0, 0, 5, 5])
TEST = examples(["a dog ran", "a dog sat", "a cat"], [5, 5, 0])


def test_questions_gather_the_answers_to_one_input():
    asked = questions(spec(), TEST)
    assert asked.references == [["a dog ran", "a dog sat"], ["a cat"]]
    assert asked.examples.inputs["context"][:, 0].tolist() == [5.0, 0.0]
    assert len(questions(spec(), TEST, limit=1).references) == 1
    ungrouped = questions(spec(), Examples(TEST.inputs, TEST.targets))
    assert ungrouped.references == [["a dog ran"], ["a dog sat"], ["a cat"]]


def test_scores_take_any_right_answer():
    asked = questions(spec(), TEST)
    right = [WORDS.encode("a dog sat").tolist(), WORDS.encode("a cat").tolist()]
    # BLEU has no answer of four words to count.
    assert scores(spec(), asked, right) == {"exact_match": 1.0, "bleu": 0.0, "wer": 0.0}
    wrong = [WORDS.encode("a cat sat").tolist(), []]
    found = scores(spec(), asked, wrong)
    assert found["exact_match"] == 0.0 and found["wer"] == pytest.approx(3 / 5)
    assert set(scores(spec(scores=()), asked, right)) == {"exact_match"}


def test_the_commonest_answer_and_the_nearest_one():
    dataset = Dataset(TRAIN, TEST, TEST, spec())
    asked = questions(dataset.spec, TEST)
    assert commonest_answer(dataset, asked)["exact_match"] == 0.5  # "a dog ran" whatever is shown.
    nearest = nearest_answers(dataset, asked)
    assert nearest["name"] == "the 2 nearest inputs' consensus" and 0 < nearest["wer"] < 1
    assert nearest["exact_match"] == 0.5
    assert nearest_answers(Dataset(TRAIN, TEST, TEST, spec(scores=())), asked) is None
    assert longest_answer(dataset) == 6


def test_until_end():
    assert until_end([4, 5, END, 0, 7]) == [4, 5] and until_end(np.array([4, 0, 0])) == [4]


def test_what_a_run_is_judged_by():
    assert objectives.headline_of(spec()) == ("nats_per_symbol", False)
    assert objectives.headline_of(spec(), "bleu") == ("bleu", True)
    ctc = DatasetSpec("toy", "", "many_to_many_aligned", "ctc", {}, scores=("wer", "cer"), writes=True)
    assert objectives.headline_of(ctc) == ("wer", False)
    with pytest.raises(ZooError, match="scored by bleu, wer, received 'chrf'"):
        objectives.headline_of(spec(), "chrf")


def test_few_lengths_are_written_about_where_each_is_compiled():
    lengths, read = [5, 40, 17, 16, 33, 1, 20, 3], []
    rows = [np.full(length, 4 + number) for number, length in enumerate(lengths)]
    split = Examples({"source": rows}, [np.array([END])] * len(rows))

    def echo(inputs):
        read.append(inputs.shape[1])
        return SimpleNamespace(ids=inputs[:, None, :1])

    written = write(echo, spec(padding={"source": 0}), split, batch_size=2)
    assert written == [[4 + number] for number in range(len(rows))]
    assert read == ([3, 16, 20, 40] if keras.backend.backend() == "tensorflow" else [16, 16, 32, 48])
