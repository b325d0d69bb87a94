"""A training step is traced once, however many lengths, batches and epochs there are."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo.bench.training_clock import Traces
from keras_rnn_zoo.builders import build_language_model
from keras_rnn_zoo.layers import carry_state
from keras_rnn_zoo.preprocessing import StreamBatcher
from keras_rnn_zoo.tasks import TextToText
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.data import load_dataset
from keras_rnn_zoo.training.fit import train
from keras_rnn_zoo.training.folder import RunFolder

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX compiles each shape")


def counted(config, folder, console):
    """How often the step of `config`'s run is traced, and the shapes of its batches."""
    found = {}

    def fit(model, batches, **options):
        found["traces"] = Traces(model)
        model.fit(batches, **options)
        found["shapes"] = {tuple(np.shape(part) for part in keras.tree.flatten(batch)) for batch in batches}

    with RunFolder(folder) as run:
        run.open(config.to_yaml())
        train(config, load_dataset(config), run, False, console, fit=fit)
    return found["traces"].count, found["shapes"]


@pytest.mark.parametrize("options", [{}, {"attention": "bahdanau"}], ids=["states", "attention"])
def test_a_run_of_many_lengths(options, tmp_path, quiet):
    values = {
        "builder": "translator",
        "dataset": {"name": "number_names"},
        "model": {"units": 4, "embedding_dim": 4, "cell": "gru", **options},
        "training": {"epochs": 2, "batch_size": 16, "limit_examples": 90},
    }
    traces, shapes = counted(configs.parse(values), tmp_path / "run", quiet)
    assert traces == 1 and len(shapes) >= 4


def test_streams_go_on_in_one_trace():
    """Keras makes an optimizer's variables in a first trace, which it throws away."""
    model = carry_state(build_language_model((None,), 9, 6, vocabulary_size=9, embedding_dim=4, cell="gru"), 2)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    streams = [np.random.default_rng(seed).integers(1, 9, length) for seed, length in enumerate((20, 33, 47))]
    traces = Traces(model)
    model.fit(StreamBatcher(streams, 2, 8), epochs=3, shuffle=False, verbose=0)
    assert traces.count == 1


def test_a_task_compiled_by_its_user_is_traced_once():
    task = TextToText.create([("bir iki", "one two"), ("üç", "three")], 4, embedding_dim=4, source_language="tr")
    task.model.compile("adam", "sparse_categorical_crossentropy")
    traces = Traces(task.model)
    task.fit([("iki", "two"), ("üç bir", "three one")], epochs=2, verbose=0)
    assert traces.count == 1
