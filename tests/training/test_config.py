"""A configuration is checked key by key, and comes back from YAML as it was."""

import pytest
import yaml

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.training import config as configs
from keras_rnn_zoo.training.catalogue import configs_folder, find_config, header, list_configs


@pytest.fixture
def file(tmp_path, tiny):
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(tiny()))
    return path


@pytest.mark.parametrize("name", list_configs())
def test_round_trip_of_every_configuration(name):
    config = configs.read(configs_folder() / f"{name}.yaml")
    again = configs.parse(yaml.safe_load(config.to_yaml()))
    assert again == config and again.to_yaml() == config.to_yaml()
    assert header(configs_folder() / f"{name}.yaml")
    assert find_config(name)[0] == find_config(name.split("/")[1])[0] == name


def test_every_key_is_written(file):
    written = yaml.safe_load(configs.read(file).to_yaml())
    assert set(written["training"]) == set(configs.TrainingConfig.model_fields)
    assert set(written["training"]["optimizer"]) == set(configs.OptimizerConfig.model_fields)


def test_quick(file):
    config = configs.read(file)
    quick = config.quick()
    assert quick.training.epochs == 1 and quick.training.limit_examples == 2 * config.training.batch_size
    assert quick.model == config.model and quick.dataset == config.dataset
    assert config.training.epochs == 6 and configs.parse(quick.model_dump()) == quick


def test_overrides(file):
    changes = ["training.epochs=3", "model.cell=lstm", "training.optimizer.learning_rate=1e-4", "model.units=[4, 5]"]
    more = ["training.distribution.devices=2", "model.cell_options.use_bias=false", "training.patience=null"]
    config = configs.read(file, changes + more)
    assert config.training.epochs == 3 and config.training.optimizer.learning_rate == 1e-4
    assert config.model == {"cell": "lstm", "units": [4, 5], "dropout": 0.3, "cell_options": {"use_bias": False}}
    assert config.training.distribution.devices == 2 and config.training.patience is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("training.epoch=3", "training.epoch: unknown key. Did you mean epochs? Known: epochs, batch_size"),
        ("training.optimizer.clipnorm=1", "training.optimizer.clipnorm: unknown key. Did you mean global_clipnorm?"),
        ("training.distribution.device=2", "training.distribution.device: unknown key. Did you mean devices?"),
        ("modell.units=3", "modell: unknown key. Did you mean model?"),
        ("dataset.option=3", "dataset.option: unknown key. Did you mean options?"),
        ("training.batch_size=0", "training.batch_size: input should be greater than or equal to 1, received 0"),
        ("training.optimizer.learning_rate=-1", "learning_rate: input should be greater than 0, received -1"),
        ("training.optimizer.learning_rate=.nan", "learning_rate: input should be a finite number"),
        ("training.distribution.devices=1", "devices: input should be greater than or equal to 2"),
        ("training.jit_compile=perhaps", "training.jit_compile"),
        ("training=3", "training: input should be a valid dictionary"),
        ("model=null", "model: input should be a valid dictionary"),
        ("builder=3", "builder: input should be a valid string"),
        (
            "training.optimizer.schedule=cosine",
            "training: halve_learning_rate_after needs optimizer.schedule: constant",
        ),
        ("=3", "--set expects key=value"),
        ("builder.name=3", "builder has no keys below it"),
    ],
)
def test_what_is_wrong_is_named(change, message, file):
    with pytest.raises(ZooError) as caught:
        configs.read(file, [change])
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_options_of_a_function():
    configs.with_options_of(lambda *, units, name: None, {"units": 3}, "model")
    with pytest.raises(ZooError, match="model.unit: unknown key. Did you mean units"):
        configs.with_options_of(lambda *, units, name: None, {"unit": 3}, "model")


def test_an_ambiguous_or_unknown_name():
    with pytest.raises(ZooError, match="Unknown configuration 'nothing_like_it'. Known: many_to_many_aligned/"):
        find_config("nothing_like_it")
    assert find_config("mine/own.yaml")[0] == "own/own"
