"""TensorFlow Datasets with small rows in place of a download: its own builders, `tfds.testing.mock_data`, no network."""

from contextlib import ExitStack, contextmanager
from unittest import mock

import numpy as np

from keras_rnn_zoo.datasets import tfds_rows

SIZES = {"train": 80, "validation": 20, "val": 20, "dev": 20, "test": 20}
WORDS = "the film was a quiet good bad long story of two dogs and their house by sea with no end".split()


def sentence(rng, length=8):
    return " ".join(rng.choice(WORDS, length))


def _review(rng, number):
    return {"text": f"{sentence(rng, 30)}.<br /><br />Review {number} .", "label": number % 2}


def _phrase(rng, number):
    return {"sentence": f"{sentence(rng)} -lrb- {number} -rrb-", "label": number % 2, "idx": number}


def _pair(rng, number):
    return {"tr": f"bu {number} numaralı cümle .", "en": f"this is n't sentence {number} ."}


def _photo(rng, number):
    captions = [{"text": f"A {sentence(rng)} .", "id": 5 * number + i} for i in range(5)]
    picture = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    return {
        "image": picture,
        "image/filename": f"{number}.jpg",
        "image/id": number,
        "captions": captions,
        "objects": [],
    }


def _tagged(rng, number):
    words = ["don't", "do", "n't", *sentence(rng, 5).split(), str(number)]
    tags = ["_", "AUX", "PART", *rng.choice(["NOUN", "VERB", "ADJ"], 5), "NUM"]
    texts = dict.fromkeys(("lemmas", "xpos", "feats", "head", "deprel", "deps", "misc"), words)
    return {"idx": str(number), "text": " ".join(words), "tokens": words, "upos": tags, **texts}


LOADERS = ("coco_captions", "glue_sst2", "imdb_reviews", "ted_tr_en", "tfds_universal_dependencies")
ROWS = {
    "imdb_reviews": _review,
    "glue": _phrase,
    "ted_hrlr_translate": _pair,
    "coco_captions": _photo,
    "universal_dependencies": _tagged,
}


def rows_of(builder, split) -> list[dict]:
    """The rows of a split, as the builder's own features hold them; no two splits share one."""
    first = 1_000 * list(SIZES).index(split)
    rng = np.random.default_rng(first)
    rows = [ROWS[builder.name](rng, first + i) for i in range(SIZES[split])]
    for row in rows:
        builder.info.features.encode_example(row)  # Fails where a row does not fit the features.
    return [_as_read(builder.info.features, row) for row in rows]


def _as_read(features, row):
    """Text as bytes, class names as numbers, lists of records as records of lists."""
    read = dict(row)
    for name, value in row.items():
        if name == "upos":
            read[name] = np.array([features[name].feature.str2int(tag) for tag in value])
        elif name == "captions":
            read[name] = {"text": np.array([one["text"].encode() for one in value], object)}
        elif isinstance(value, str):
            read[name] = value.encode()
        elif isinstance(value, list):
            read[name] = np.array([str(one).encode() for one in value], object)
    return read


@contextmanager
def mocked_tfds(**sizes):
    """Every builder of TensorFlow Datasets answers `as_data_source` with `rows_of`.

    Args:
        sizes: of splits, where not those of `SIZES`.
    """
    from tensorflow_datasets import testing

    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(SIZES, sizes))
        stack.enter_context(testing.mock_data(as_data_source_fn=rows_of))
        stack.enter_context(mock.patch.object(tfds_rows, "_prepare"))
        yield
