"""What a person is shown of a trained tagger."""

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo.datasets.tagging import tagging_dataset
from keras_rnn_zoo.training.samples import samples

SENTENCES = [(["the", "dog", "barks"], ["DET", "NOUN", "VERB"]), (["the", "cat"], ["DET", "NOUN"])]


@pytest.mark.parametrize("letters", [None, 4])
def test_each_word_with_its_label_and_the_right_one(letters):
    splits = {"train": SENTENCES, "validation": SENTENCES, "test": [*SENTENCES, (["a"], ["DET"])]}
    dataset = tagging_dataset(splits, language="en", letters=letters, name="mine", description="")
    keras.utils.set_random_seed(1)
    model = zoo.build_sequence_tagger(units=4, **dataset.spec.builder_arguments)
    *weights, bias = model.get_weights()
    model.set_weights([*weights, bias + np.array([0.0, 100.0, 0.0])])  # everything is a noun
    assert samples(model, None, dataset, dataset.test) == [
        "the/NOUN (right: DET) dog/NOUN barks/NOUN (right: VERB)",
        "the/NOUN (right: DET) cat/NOUN",
        "\N{REPLACEMENT CHARACTER}/NOUN (right: DET)",
    ]
