"""A preset's card: what a reader has to know, from what its folder holds."""

from __future__ import annotations

from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.results import beside_baseline

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

On the test split, {tests:,} examples, beside {others}; one run.

## Trained

    keras-rnn-zoo train {name}

{training} The weights are stored in 16 bits, and the optimizer begins anew.

## Data

{data}

## Limits

{limits}
"""


def render_card(
    identity: str, config: RunConfig, metrics: dict, about: dict, header: str, kind: str, golden: dict
) -> str:
    """The card in Markdown.

    Args:
        config, metrics, about: what the run's `config.yaml`, `metrics.json` and `dataset.json` hold.
        header: the comment at the head of the configuration; lines that begin with `Limits:` are the card's.
        kind: the name of the task's class. golden: the content of `golden.json`.
    """
    nearest, versions = metrics.get("nearest") or {}, metrics["versions"]
    others = [one["name"] for one in (metrics["baseline"], nearest) if "name" in one]
    return _TEMPLATE.format(
        identity=identity,
        name=identity.split("/")[-1],
        kind=kind,
        description=about["description"],
        example=_example(golden),
        measured="\n".join(
            f"- {line}" for line in beside_baseline("test", metrics["test"], metrics["baseline"], nearest)
        ),
        tests=metrics["examples"]["test"],
        others=" and ".join(others),
        training=(
            f"{metrics['examples']['train']:,} examples, {metrics['epochs']} epochs, seed {config.training.seed}, "
            f"{metrics['seconds'] / 60:.0f} minutes on a machine of {metrics['machine']}, shared with other work; Keras "
            f"{versions['keras']} on {versions['backend']}; {metrics['parameters']:,} parameters."
        ),
        data=f"{about['name']}; licence: {about['licence']}. {about['citation']}",
        limits=_said("Limits:", header) or "It knows what its data shows, and nothing else.",
    )


def _example(golden: dict) -> str:
    if not golden["inputs"]:
        return f"task(array)  # for instance {golden['answers'][0]!r:.80}"
    options = "".join(f", {name}={value!r}" for name, value in golden["options"].items())
    return f"task({golden['inputs'][0]!r:.70}{options})  # {golden['answers'][0]!r:.100}"


def _said(word: str, header: str) -> str:
    lines = [line.removeprefix(word).strip() for line in header.splitlines() if line.startswith(word)]
    return " ".join(lines)
