"""A recording in, what was said out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.layers.ctc_output import CTCOutput
from keras_rnn_zoo.preprocessing.recording import check_features, heard, is_sound
from keras_rnn_zoo.tasks.task import pairs_of
from keras_rnn_zoo.tasks.writing import WritingTask


class SpeechRecognizer(WritingTask):
    """A model that writes, or reads off by CTC, what is said in a recording.

    Args:
        model: for instance a `build_speech_recognizer`, with attention or CTC, compiled if it is to be trained.
        vocabulary: of what it writes.
        features: what the model hears, see `preprocessing.recording.heard`.
        decoding, about: see `WritingTask`.

    Call arguments:
        recording: the path of a .wav file, a pair of its samples and their rate, or log-mel energies `(frames, bands)`,
            natural logarithm, before `mean` and `deviation` are taken out; or a list of them.
        seed: of the draws, with attention: one whole number for all, or one for each input: an answer does not depend on the others,
            except on its place in the list where one number serves all.
        return_scores: return `Answer` objects in place of texts; so does `return_attention`, over the joined frames.
        options: keywords of `generation.Options`; with CTC `max_length`, `beam_size` and `n_best` alone.

    Returns:
        The text; with `n_best` above 1 a list of them, the best first. For a list of recordings a list of that.

    Examples, for `fit` and `preprocess`: pairs of a recording and what is said in it.

    Raises:
        ZooError: vocabulary or features do not fit the model, an option is out of range, or a recording cannot be read or
            has another rate.

    Recordings were not at hand for the models of `grid_speech`, whose data holds log-mel energies alone: that theirs and
    those of `log_mel` agree could not be checked.

    >>> from keras_rnn_zoo import builders
    >>> from keras_rnn_zoo.preprocessing import learn_vocabulary
    >>> words = learn_vocabulary(["yes no"])
    >>> model = builders.build_speech_recognizer((None, 20), words.size, 8, alignment="ctc")
    >>> heard = dict(rate=8000, window=0.025, hop=0.0125, bands=10, mean=-7.0, deviation=4.0, stack=2)
    >>> isinstance(SpeechRecognizer(model, words, features=heard)((np.zeros(8000), 8000)), str)
    True
    """

    objective = "symbols"

    def __init__(self, model, vocabulary, *, features: dict, decoding: dict | None = None, about: dict | None = None):
        super().__init__(model, vocabulary, decoding, about)
        self.features = check_features(features, _width(model), model.name)
        self.aligned = any(isinstance(layer, CTCOutput) for layer in model.layers)
        self.pattern = "many_to_many_aligned" if self.aligned else "many_to_many_unaligned"
        self.objective = "ctc" if self.aligned else "symbols"

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> SpeechRecognizer:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        settings = {"features": about.get("features", {}), **settings}
        return cls(model, vocabularies["targets"], about=about, **settings)

    def __call__(self, recording, *, seed=0, return_scores: bool = False, **options):
        single = is_sound(recording) or not isinstance(recording, (list, tuple))
        recordings = [recording] if single else list(recording)
        return self.answered(recordings, single, return_scores, seed, options)

    def _write(self, recordings, **options):
        rows = [self.heard(recording) for recording in recordings]
        answers = self.write(rows, **options)
        return [[_cut(answer, len(row)) for answer in found] for found, row in zip(answers, rows, strict=True)]

    def heard(self, recording) -> np.ndarray:
        """A recording as the model hears it, `(frames, stack * bands)`, float32."""
        return heard(recording, self.features)

    @property
    def fill(self) -> float:
        """A frame of zeros is padding."""
        return 0.0

    def longest(self, row: np.ndarray) -> int:
        """A symbol for each frame that the model hears, and the end."""
        return 1 + len(row)

    def examples(self, raw) -> Examples:
        """Pairs of a recording and its text: for teacher forcing, or with CTC to be aligned by the loss."""
        recordings, texts = pairs_of(raw, "a recording and a text")
        frames = [self.heard(recording) for recording in recordings]
        if self.aligned:
            return Examples({"inputs": frames}, [self._ids(text) for text in texts])
        previous, targets = forced(texts, self.vocabulary)
        return Examples({"source": frames, "previous": previous}, targets)

    def _ids(self, text):
        ids = self.vocabulary.encode(text)
        if not len(ids):
            raise ZooError(f"There is nothing to hear in {text!r}: give at least one {self.vocabulary.unit}.")
        return ids

    @property
    def padding(self) -> dict[str, float]:
        """Frames of zeros, and symbols."""
        return {"inputs": 0.0, "targets": 0} if self.aligned else {"source": 0.0, "previous": 0, "targets": 0}

    @property
    def vocabularies(self) -> dict:
        """Of what it writes."""
        fields = ("targets",) if self.aligned else ("previous", "targets")
        return dict.fromkeys(fields, self.vocabulary)

    def to_dict(self) -> dict:
        """What there is to know beside the model, as a run's `dataset.json` holds it."""
        return {**super().to_dict(), "features": self.features}


def _width(model):
    """How many numbers a frame has."""
    return next(tensor.shape[-1] for tensor in model.inputs if len(model.inputs) == 1 or tensor.name == "source")


def _cut(answer, steps):
    return answer if answer.attention is None else replace(answer, attention=answer.attention[:, :steps])
