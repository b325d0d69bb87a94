"""A trained model's numbers on one split, and the trivial baseline's beside them."""

from __future__ import annotations

import math

from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.generation import writer_for
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from keras_rnn_zoo.training import objectives
from keras_rnn_zoo.training.config import DecodingConfig
from keras_rnn_zoo.training.decoded import commonest_answer, longest_answer, questions, scores, write
from keras_rnn_zoo.training.text_scores import bits_per_character

GREEDY = DecodingConfig()


def evaluate(
    model, dataset: Dataset, split: Examples, batch_size: int = 64, decoding: DecodingConfig = GREEDY
) -> dict[str, float]:
    """The metrics of a compiled `model` on `split`.

    Teacher-forced metrics always. Where the answer is a sequence to be written, the share of exactly written answers
    (`exact_match`) and the scores that the dataset names, of what `decoding` lets it write; if that is a beam
    search, the same of greedy answers too, under names that begin with `greedy_`.
    """
    batches = SequenceBatcher(split, batch_size, dataset.spec.padding, shuffle=False, bucket=True)
    measured = model.evaluate(batches.dataset(), return_dict=True, verbose=0)
    metrics = {name: float(value) for name, value in measured.items() if name != "loss"}
    if dataset.spec.writes:
        metrics |= _written_scores(model, dataset, split, batch_size, decoding)
    return _with_other_units(metrics, dataset.spec)


def baseline(dataset: Dataset, split: Examples) -> dict:
    """What an answer that ignores the input would score on `split`, and its name."""
    measured = objectives.baseline_of(dataset, split)
    if dataset.spec.writes:
        measured |= commonest_answer(dataset, questions(dataset.spec, split))
        measured["name"] = " and ".join(dict.fromkeys([measured["name"], "the commonest answer"]))
    return _with_other_units(measured, dataset.spec)


def _with_other_units(metrics: dict, spec: DatasetSpec) -> dict:
    """Adds to the nats a symbol the perplexity, `exp(nats)`, and for a model of characters the bits a character."""
    if "nats_per_symbol" in metrics:
        metrics["perplexity"] = math.exp(metrics["nats_per_symbol"])
        vocabulary = spec.vocabularies.get("targets")
        if vocabulary and vocabulary.unit == "character" and not spec.writes:
            metrics["bits_per_character"] = bits_per_character(metrics["nats_per_symbol"], 1)
    return metrics


def _written_scores(model, dataset, split, batch_size, decoding):
    asked = questions(dataset.spec, split)
    max_length = decoding.max_length or longest_answer(dataset)

    def scored(**options):
        written = write(writer_for(model, max_length, **options), dataset.spec, asked.examples, batch_size)
        return scores(dataset.spec, asked, written)

    found = scored(**decoding.options())
    if decoding.beam_size > 1:
        found |= {f"greedy_{name}": value for name, value in scored().items()}
    return found
