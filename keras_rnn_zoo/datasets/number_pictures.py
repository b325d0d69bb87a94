"""Pictures of numbers, drawn here: to be named word by word, or classified by their last digit."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.datasets.number_words import CITATION, LANGUAGES, number_name, number_splits
from keras_rnn_zoo.datasets.options import extra, one_of, whole
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.datasets.teacher import forced
from keras_rnn_zoo.preprocessing.vocabulary import Vocabulary

HEIGHT, WIDTH, FONT_SIZE = 20, 64, 16  # pixels
TARGETS = ("name", "last_digit")
NOISE = 0.08  # standard deviation, where a stroke is at most 1


def load(language: str = "en", target: str = "name", limit: int = 10_000, seed: int = 0) -> Dataset:
    """One picture `(20, 64, 1)` of each number below `limit`, float32 in [0, 1], 80/10/10 by number.

    Args:
        language: of the names, `"en"` or `"tr"`.
        target: `"name"`, the words of the number's name (one_to_many); `"last_digit"`, its class (one_to_one).
        limit: how many numbers, 200 to 100,000.
        seed: of the split, the shifts, the brightness and the noise.

    Raises:
        ZooError: an option is out of range, or Pillow or num2words is not installed.

    >>> dataset = load(target="last_digit", limit=200)
    >>> dataset.train.inputs["inputs"].shape, dataset.spec.pattern
    ((160, 20, 64, 1), 'one_to_one')
    """
    one_of("language", language, LANGUAGES)
    one_of("target", target, TARGETS)
    limit, seed = whole("limit", limit, 200, 100_000), whole("seed", seed, 0)
    splits = number_splits(limit, seed)
    pictures = draw(limit, np.random.default_rng((seed, 1)))
    return _named(splits, pictures, language) if target == "name" else _last_digits(splits, pictures)


def draw(limit: int, rng: np.random.Generator) -> np.ndarray:
    """Pictures `(limit, 20, 64, 1)` of 0 to `limit` - 1: shifted by whole pixels, bright by 0.6 to 1, with noise.

    Noise that leaves [0, 1] is cut off there, as a camera would.
    """
    image, image_draw, image_font = (extra(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    font = image_font.load_default(FONT_SIZE)
    pictures = np.empty((limit, HEIGHT, WIDTH), np.float32)
    for number in range(limit):
        canvas = image.new("L", (WIDTH, HEIGHT))
        pen = image_draw.Draw(canvas)
        left, top, right, bottom = pen.textbbox((0, 0), str(number), font=font)
        free = WIDTH - (right - left), HEIGHT - (bottom - top)
        pen.text((rng.integers(free[0] + 1) - left, rng.integers(free[1] + 1) - top), str(number), fill=255, font=font)
        pictures[number] = np.asarray(canvas, np.float32)
    pictures *= rng.uniform(0.6, 1.0, (limit, 1, 1)).astype(np.float32) / 255
    pictures += NOISE * rng.standard_normal(pictures.shape, dtype=np.float32)
    return np.clip(pictures, 0, 1, out=pictures)[..., None]


def _named(splits: dict[str, np.ndarray], pictures: np.ndarray, language: str) -> Dataset:
    names = {split: [number_name(n, language) for n in chosen] for split, chosen in splits.items()}
    vocabulary = Vocabulary.learn(names["train"], language=language)
    spec = DatasetSpec(
        name="number_pictures",
        description=f"The name of a drawn number, in words ({language}).",
        pattern="one_to_many",
        objective="symbols",
        builder_arguments={"input_shape": pictures.shape[1:], "outputs": vocabulary.size},
        padding={"previous": 0, "targets": 0},
        vocabularies={"previous": vocabulary, "targets": vocabulary},
        writes=True,
        licence="generated",
        citation=CITATION,
    )
    return Dataset(*(_captions(pictures[splits[name]], texts, vocabulary) for name, texts in names.items()), spec)


def _captions(pictures: np.ndarray, texts: list[str], vocabulary: Vocabulary) -> Examples:
    previous, targets = forced(texts, vocabulary)
    return Examples({"context": pictures, "previous": previous}, targets)


def _last_digits(splits: dict[str, np.ndarray], pictures: np.ndarray) -> Dataset:
    spec = DatasetSpec(
        name="number_pictures",
        description="The last digit of a drawn number.",
        pattern="one_to_one",
        objective="class",
        builder_arguments={"input_shape": pictures.shape[1:], "outputs": 10},
        labels=tuple("0123456789"),
        licence="generated",
        citation="Drawn with Pillow's default font, https://python-pillow.org",
    )
    return Dataset(*(Examples({"inputs": pictures[n]}, (n % 10).astype(np.int32)) for n in splits.values()), spec)
