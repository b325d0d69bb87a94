"""A preset's card: what a reader has to know, from what its folder holds."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import shorten

from keras_rnn_zoo.tasks.kinds import Kind, kind_of
from keras_rnn_zoo.training.catalogue import find_config, header
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.results import beside_baseline
from keras_rnn_zoo.training.trained import TrainedRun, open_run

_GIVEN = {"array": "array", "picture": '"picture.png"', "recording": '"recording.wav"', "video": '"video.gif"'}
_WIDTH = 100
_TEMPLATE = """# {identity}

{description}

```python
import keras_rnn_zoo as zoo

task = zoo.from_preset("{name}")  # a {kind}
{example}
```

From a shell: `keras-rnn-zoo generate {name}`, `keras-rnn-zoo evaluate {name}`.

## Measured

{measured}

On the test split, {tests:,} examples, beside {others}; {runs}.

## Trained

    {command}

{training} The weights are stored in 16 bits, and the optimizer begins anew.

## Data

{data}

## Limits

{limits}
"""


def write_card(folder: Path) -> None:
    """Writes the `README.md` of a preset that is whole apart from it and its checksums."""
    preset, golden = open_run(str(folder)), json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    (folder / "README.md").write_text(_rendered(preset, golden), encoding="utf-8")


def _rendered(preset: TrainedRun, golden: dict) -> str:
    config, metrics, about = preset.config, preset.metrics, preset.about
    identity, kind = metrics["identity"], kind_of(about)
    nearest, versions = metrics.get("nearest") or {}, metrics["versions"]
    others = [one for one in (metrics.get("before"), metrics["baseline"], nearest) if one]
    return _TEMPLATE.format(
        identity=identity,
        name=identity.split("/")[-1],
        kind=kind.name,
        description=about["description"],
        example=_example(kind, golden),
        measured="\n".join(f"- {line}" for line in beside_baseline("test", metrics["test"], *others)),
        tests=metrics["examples"]["test"],
        others=" and ".join(one["name"] for one in others),
        runs=_runs(metrics),
        command=_command(identity, config),
        training=(
            f"{metrics['examples']['train']:,} examples, {metrics['epochs']} epochs, seed {config.training.seed}, "
            f"{metrics['seconds'] / 60:.0f} minutes on a machine of {metrics['machine']}, shared with other work; Keras "
            f"{versions['keras']} on {versions['backend']}; {metrics['parameters']:,} parameters."
        ),
        data=f"{about['name']}; licence: {about['licence']}. {about['citation']}",
        limits=_limits(identity, config) or "It knows what its data shows, and nothing else.",
    )


def _command(identity: str, config: RunConfig) -> str:
    if config.finetuning is None:
        return f"keras-rnn-zoo train {identity.split('/')[-1]}"
    preset, data = Path(config.finetuning.preset).name, Path(config.dataset.options["path"]).name
    return f"keras-rnn-zoo finetune {preset} --data {data}"


def _example(kind: Kind, golden: dict) -> str:
    """A call with the shortest golden input."""
    if not golden["inputs"]:
        given, answer = _GIVEN[kind.reads], golden["answers"][0]
    else:
        given, answer = min(zip(golden["inputs"], golden["answers"], strict=True), key=lambda pair: len(pair[0]))
        given = repr(given)
    options = "".join(f", {name}={value!r}" for name, value in golden["options"].items())
    return f"task({given}{options})  # {shorten(repr(answer), _WIDTH, placeholder=' ...')}"


def _runs(metrics: dict) -> str:
    """How many there were, and how far apart."""
    if "spread" not in metrics:
        return "one run"
    name, spread = metrics["headline"].replace("_", " "), metrics["spread"]
    seeds = ", ".join(map(str, spread["seeds"]))
    return f"trained with seeds {seeds}: {name} {spread['mean']:.4f} ± {spread['standard_deviation']:.4f}"


def _limits(identity: str, config: RunConfig) -> str:
    """What the comment at the head of the configuration says in lines that begin with `Limits:`."""
    if config.finetuning:
        return ""
    lines = header(find_config(identity)[1]).splitlines()
    return " ".join(line.removeprefix("Limits:").strip() for line in lines if line.startswith("Limits:"))
