"""A picture in, a text about it out."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.datasets.spec import Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.picture import read_picture
from keras_rnn_zoo.tasks.task import pairs_of
from keras_rnn_zoo.tasks.writing import SYMBOLS_A_WORD, WritingTask

LONGEST = 40  # words


class Captioner(WritingTask):
    """A model that writes about a picture.

    Args:
        model: for instance a `build_captioner`, compiled if it is to be trained.
        vocabulary: of what it writes.
        decoding, about: see `WritingTask`.

    Call arguments:
        picture: what the model was built to see, or a list of it. Pictures `(height, width, channels)`: a path, a PIL image
            (stretched to that size, the transparent on white), or an array of bytes or of floats from 0 to 1. Features
            `(features,)`: a vector of what another model saw.
        seed: of the draws: one whole number for all, or one for each input: an answer does not depend on the others,
            except on its place in the list where one number serves all.
        return_scores: return `Answer` objects in place of texts.
        options: keywords of `generation.Options`: `beam_size`, `n_best`, `length_penalty`, `temperature`, ...

    Returns:
        The text; with `n_best` above 1 a list of them, the best first. For a list of pictures a list of that.

    Examples, for `fit` and `preprocess`: pairs of a picture and a text, spelled as the vocabulary has its words
    (`datasets.flickr8k.words` for Flickr8k's).

    Raises:
        ZooError: the vocabulary does not fit the model, an option is out of range, or a picture cannot be read.

    >>> from keras_rnn_zoo import builders
    >>> from keras_rnn_zoo.preprocessing import learn_vocabulary
    >>> words = learn_vocabulary(["a black cat", "a dog"])
    >>> model = builders.build_captioner((8, 8, 1), words.size, 8, filters=(2,), image_units=4)
    >>> len(Captioner(model, words)([np.zeros((8, 8, 1))] * 2, max_length=3))
    2
    """

    pattern, objective = "one_to_many", "symbols"

    def __init__(self, model, vocabulary, *, decoding: dict | None = None, about: dict | None = None):
        super().__init__(model, vocabulary, decoding, about)
        self.shape = next(tuple(tensor.shape[1:]) for tensor in model.inputs if tensor.name == "context")

    @classmethod
    def from_description(cls, model, about, vocabularies, **settings) -> Captioner:
        """The task of a trained `model`, from the content of its `dataset.json` and the vocabularies in it."""
        return cls(model, vocabularies["targets"], about=about, **settings)

    def __call__(self, picture, *, seed=0, return_scores: bool = False, **options):
        several = isinstance(picture, (list, tuple))
        pictures = list(picture) if several else [picture]
        return self.answered(pictures, not several, return_scores, seed, options)

    def _write(self, pictures, **options):
        return self.write([self.seen(picture) for picture in pictures], **options)

    def seen(self, picture) -> np.ndarray:
        """A picture, or features of one, as the model sees it: float32 of its shape."""
        if len(self.shape) == 3:
            return read_picture(picture, self.shape)
        values = np.asarray(picture) if not isinstance(picture, str) else np.array(picture)
        if values.shape != self.shape or values.dtype.kind not in "fiu" or not np.isfinite(values).all():
            raise ZooError(
                f"This model reads features of a picture, finite numbers of shape {self.shape}, not the picture; received "
                f"{picture!r:.40}. Give what the model saw that made its training data{self._origin}."
            )
        return values.astype(np.float32)

    @property
    def _origin(self) -> str:
        return f" ({self.about['name']})" if self.about["name"] else ""

    @property
    def fill(self) -> None:
        """All pictures have one shape."""
        return None

    def longest(self, row: np.ndarray) -> int:
        """Forty words."""
        return LONGEST * SYMBOLS_A_WORD[self.vocabulary.unit]

    def examples(self, raw) -> Examples:
        """Pairs of a picture and a text, for teacher forcing."""
        pictures, texts = pairs_of(raw, "a picture and a text")
        previous, targets = forced(texts, self.vocabulary)
        # `previous` stands first: by the first list a batch gathers rows of like length.
        return Examples({"previous": previous, "context": [self.seen(picture) for picture in pictures]}, targets)

    @property
    def padding(self) -> dict[str, float]:
        """The text's fields are symbols."""
        return {"previous": 0, "targets": 0}

    @property
    def vocabularies(self) -> dict:
        """Of what it writes."""
        return {"previous": self.vocabulary, "targets": self.vocabulary}
