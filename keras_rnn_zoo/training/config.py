"""What a file in `zoo_configs/` holds, checked key by key."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import deepcopy
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from keras_rnn_zoo.errors import ZooError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DatasetConfig(_Section):
    """Which data: a name in `datasets.list_datasets()` and the options of its loader."""

    name: str
    options: dict[str, Any] = {}


class OptimizerConfig(_Section):
    """Which Keras optimizer. `global_clipnorm` clips all gradients by their joint norm (Pascanu et al. 2013); with the
    schedule `cosine` the learning rate falls to zero over the run's epochs, with `slanted_triangular` it rises for a tenth
    of them and then falls (Howard & Ruder 2018)."""

    name: str = "adam"
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Literal["constant", "cosine", "slanted_triangular"] = "constant"
    global_clipnorm: float | None = Field(1.0, gt=0)
    options: dict[str, Any] = {}


class DecodingConfig(_Section):
    """How a model that writes is let write when it is measured and used, see `generation.Options`."""

    beam_size: int = Field(1, ge=1)
    length_penalty: float = Field(0.0, ge=0)
    coverage_penalty: float = Field(0.0, ge=0)
    min_length: int = Field(0, ge=0)
    max_length: int | None = Field(None, ge=1)

    def options(self) -> dict[str, Any]:
        """What `SequenceWriter` takes, the greatest length apart."""
        return self.model_dump(exclude={"max_length"})


class DistributionConfig(_Section):
    """Data-parallel training: each batch is shared among that many devices."""

    devices: int = Field(ge=2)


class TrainingConfig(_Section):
    """How it is trained.

    `patience` epochs without a better validation score stop the run; the score is the objective's own, or the one of
    decoded texts that `monitor` names (`"chrf"`, `"wer"`, ...), which is then taken after each epoch, or with `"loss"` the loss,
    which says more than a share of few examples. `halve_learning_rate_after` so many halve the rate; the best epoch's weights are kept. `length_multiple` pads lengths up to its multiples, which saves
    compilations on JAX. `deterministic` makes the same run give the same numbers on one machine. `limit_examples` keeps
    only the first so many examples of each split.
    """

    epochs: int = Field(ge=1)
    batch_size: int = Field(32, ge=1)
    optimizer: OptimizerConfig = OptimizerConfig()
    patience: int | None = Field(None, ge=1)
    monitor: Literal["bleu", "chrf", "wer", "cer", "loss"] | None = None
    halve_learning_rate_after: int | None = Field(None, ge=1)
    seed: int = Field(1, ge=0, lt=2**32)
    dtype_policy: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    jit_compile: Literal["auto"] | bool = "auto"
    bucket: bool = True
    length_multiple: int = Field(1, ge=1)
    deterministic: bool = True
    distribution: DistributionConfig | None = None
    limit_examples: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_rule_for_the_learning_rate(self):
        if self.optimizer.schedule != "constant" and self.halve_learning_rate_after:
            raise ValueError("halve_learning_rate_after needs optimizer.schedule: constant")
        return self


class FinetuningConfig(_Section):
    """The trained model that a run begins with, in place of a builder, and how it is moved to other data.

    `preset` is its name or its folder. With `vocabulary: extend` the symbols of the training split that it does not know are
    added to its vocabulary, with `keep` they are unknown. Where the data has other classes it is given a new head, over all
    steps by `pooling`, by default its own, or `max` for a language model. `decay`: each layer has the learning rate of the one
    above it divided by that; `unfreezing: gradual`: only the output layer is trained in the first epoch, and in each that
    follows one more (Howard & Ruder 2018). `adapters`: leave the recurrent layers as they are, and train a change of each
    kernel of that rank (Hu et al. 2022), which is merged in the end.
    """

    preset: str = Field(min_length=1)
    vocabulary: Literal["extend", "keep"] = "extend"
    pooling: Literal["last", "max", "mean"] | None = None
    decay: float = Field(1.0, ge=1)
    unfreezing: Literal["none", "gradual"] = "none"
    adapters: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_rule_of_what_is_trained(self):
        if self.adapters and self.unfreezing == "gradual":
            raise ValueError("adapters keep the layers frozen that unfreezing: gradual thaws: leave one of them out")
        return self

    @property
    def by_layer(self) -> bool:
        """Whether layers have learning rates of their own."""
        return self.decay > 1 or self.unfreezing == "gradual"


class RunConfig(_Section):
    """One run: a builder and its arguments or a trained model to begin with, a dataset, how to train, and how to write what
    was learnt."""

    builder: str = ""
    dataset: DatasetConfig
    model: dict[str, Any] = {}
    training: TrainingConfig
    decoding: DecodingConfig = DecodingConfig()
    finetuning: FinetuningConfig | None = None

    @model_validator(mode="after")
    def _one_origin_of_the_model(self):
        for key in ("builder", "model"):
            if (key in self.model_fields_set) == (self.finetuning is not None):
                wrong = "the preset fixes it: leave it out" if self.finetuning else "this key is missing"
                raise ValueError(f"{key}: {wrong}")
        if self.finetuning:
            self._check_finetuning()
        return self

    def _check_finetuning(self):
        if self.training.dtype_policy != "float32":
            raise ValueError("training.dtype_policy: the preset fixes it: leave it out")
        if self.finetuning.by_layer and self.training.halve_learning_rate_after:
            raise ValueError(
                "training.halve_learning_rate_after is for one learning rate: leave out finetuning.decay and unfreezing"
            )

    def quick(self) -> RunConfig:
        """The same run cut down to two batches, to see that everything works."""
        cut = {"epochs": 1, "limit_examples": 2 * self.training.batch_size}
        return self.model_copy(update={"training": self.training.model_copy(update=cut)})

    def to_yaml(self) -> str:
        """Every key with the value it had, defaults included; `parse` reads it back."""
        unused = {"builder", "model"} if self.finetuning else {"finetuning"}
        return yaml.safe_dump(self.model_dump(exclude=unused), sort_keys=False, allow_unicode=True)


def read(path: Path, overrides: list[str] = ()) -> RunConfig:
    """The configuration in the YAML file at `path`, with `overrides` such as `"training.epochs=3"` applied.

    Raises:
        ZooError: the file is missing, no YAML, or has an unknown key, a missing one or a value of a wrong type.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ZooError(f"Cannot read the configuration {path}: {error}.") from error
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ZooError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(values, dict):
        raise ZooError(f"{path} must hold the keys {', '.join(RunConfig.model_fields)}; received {values!r:.60}.")
    return parse(values, str(path), overrides)


def options_of(overrides: list[str]) -> dict[str, Any]:
    """What `overrides` such as `"length=20"` say, for something else than a configuration.

    >>> options_of(["length=20", "order=rows"])
    {'length': 20, 'order': 'rows'}
    """
    values: dict[str, Any] = {}
    for override in overrides:
        _apply(values, override)
    return values


def parse(values: dict, source: str = "configuration", overrides: Sequence[str] = ()) -> RunConfig:
    """Checks `values` with `overrides` applied, see `read`; `source` is what error messages call them."""
    values = deepcopy(values)
    for override in overrides:
        _apply(values, override)
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ZooError("; ".join(_explain(source, detail) for detail in error.errors())) from error


def with_options_of(function, values: dict, where: str):
    """Raises a `ZooError` if `values` has a key that `function` does not accept."""
    known = [name for name in inspect.signature(function).parameters if name != "name"]
    for key in values:
        if key not in known:
            raise ZooError(f"{where}.{key}: unknown key.{_nearest(key, known)} Known: {', '.join(known)}.")


def _apply(values: dict, override: str):
    path, separator, text = override.partition("=")
    if not separator or not path:
        raise ZooError(f"--set expects key=value such as training.epochs=3, received {override!r}.")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ZooError(f"--set {override}: the value is not valid YAML.") from error
    *sections, key = path.split(".")
    for section in sections:
        if not isinstance(values.get(section, {}), dict):
            raise ZooError(f"--set {override}: {section} has no keys below it.")
        values = values.setdefault(section, {})
    values[key] = value


def _explain(source: str, detail: dict) -> str:
    path = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = list(_section_at(detail["loc"][:-1]).model_fields)
        return f"{source}: {path}: unknown key.{_nearest(detail['loc'][-1], known)} Known: {', '.join(known)}"
    if detail["type"] == "missing":
        return f"{source}: {path}: this key is missing"
    if detail["type"] == "value_error":
        return ": ".join(filter(None, (source, path, str(detail["ctx"]["error"]))))
    return f"{source}: {path}: {detail['msg'][0].lower()}{detail['msg'][1:]}, received {detail['input']!r:.60}"


def _section_at(location) -> type[BaseModel]:
    section = RunConfig
    for part in location:
        annotation = section.model_fields[part].annotation
        choices = (annotation, *getattr(annotation, "__args__", ()))
        section = next(choice for choice in choices if inspect.isclass(choice) and issubclass(choice, BaseModel))
    return section


def _nearest(key, known) -> str:
    nearest = get_close_matches(str(key), known, n=1, cutoff=0.5)
    return f" Did you mean {nearest[0]}?" if nearest else ""
