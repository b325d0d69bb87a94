"""A preset's card: what a reader has to know, from what its folder holds."""

from __future__ import annotations

from textwrap import shorten

from keras_rnn_zoo.tasks.kinds import Kind
from keras_rnn_zoo.training.config import RunConfig
from keras_rnn_zoo.training.results import beside_baseline

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
    identity: str, config: RunConfig, metrics: dict, about: dict, header: str, kind: Kind, golden: dict
) -> str:
    """The card in Markdown.

    Args:
        config, metrics, about: what the run's `config.yaml`, `metrics.json` and `dataset.json` hold.
        header: the comment at the head of the configuration; lines that begin with `Limits:` are the card's.
        kind: of task. golden: the content of `golden.json`.
    """
    nearest, versions = metrics.get("nearest") or {}, metrics["versions"]
    others = [one["name"] for one in (metrics["baseline"], nearest) if "name" in one]
    return _TEMPLATE.format(
        identity=identity,
        name=identity.split("/")[-1],
        kind=kind.name,
        description=about["description"],
        example=_example(kind, golden),
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


def _example(kind: Kind, golden: dict) -> str:
    """A call with the shortest golden input."""
    if not golden["inputs"]:
        given, answer = _GIVEN[kind.reads], golden["answers"][0]
    else:
        given, answer = min(zip(golden["inputs"], golden["answers"], strict=True), key=lambda pair: len(pair[0]))
        given = repr(given)
    options = "".join(f", {name}={value!r}" for name, value in golden["options"].items())
    return f"task({given}{options})  # {shorten(repr(answer), _WIDTH, placeholder=' ...')}"


def _said(word: str, header: str) -> str:
    lines = [line.removeprefix(word).strip() for line in header.splitlines() if line.startswith(word)]
    return " ".join(lines)
