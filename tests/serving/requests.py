"""Requests of signatures made by hand of raw inputs, and what the task answers to them, computed in Python."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from keras_rnn_zoo.preprocessing.base import END, START
from keras_rnn_zoo.preprocessing.picture import read_picture
from keras_rnn_zoo.preprocessing.recording import energies_of
from keras_rnn_zoo.tasks import Captioner, Classifier, FrameClassifier, LanguageModel, SpeechRecognizer, Tagger

JUNK = {"i": 10**6, "f": np.nan}  # What stands behind a row's end is never looked at.
KNOBS = {
    "max_length": np.array([12, 9, 15], "int32"),
    "min_length": np.array([0, 3, 0], "int32"),
    "temperature": np.array([0.8, 1.3, 0], "float32"),
    "top_k": np.array([5, 0, 0], "int32"),
    "top_p": np.array([0.9, 1, 1], "float32"),
    "seed": np.array([7, -3, 2**31 - 1], "int32"),
}


def strings(values) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = [value.encode() if isinstance(value, str) else value for value in values]
    return array


def string_rows(rows) -> np.ndarray:
    """Rows of texts with `b""` on the right."""
    array = np.full((len(rows), max(map(len, rows))), b"", object)
    for place, row in zip(array, rows):
        place[: len(row)] = [text.encode() for text in row]
    return array


def sequences(name, rows) -> dict:
    """Rows of different lengths, with junk behind their ends."""
    rows = [np.asarray(row) for row in rows]
    dtype = "int32" if rows[0].dtype.kind in "iu" else "float32"
    array = np.full((len(rows), max(map(len, rows)), *rows[0].shape[1:]), JUNK[np.dtype(dtype).kind], dtype)
    for place, row in zip(array, rows):
        place[: len(row)] = row
    return {name: array, "lengths": np.array([len(row) for row in rows], "int32")}


def png(pixels) -> bytes:
    from PIL import Image

    file = BytesIO()
    bytes_ = np.round(np.asarray(pixels) * 255).astype("uint8")
    Image.fromarray(bytes_[..., 0] if bytes_.shape[-1] == 1 else bytes_).save(file, "PNG")
    return file.getvalue()


def reads_text(task) -> bool:
    return bool(vocabulary_read(task))


def vocabulary_read(task):
    if isinstance(task, (SpeechRecognizer, Captioner)):
        return None
    return getattr(task, "source", None) or getattr(task, "vocabulary", None)


def raw(task, examples) -> dict:
    """The inputs of `serving_default`."""
    if vocabulary_read(task):
        return {"text": strings(examples)}
    if getattr(task, "features", {}).get("bands"):
        return sequences("energies", [energies_of(example, task.features) for example in examples])
    if isinstance(task, Captioner):
        return picture_request(task, examples)
    rows = [task.read(example) for example in examples]
    return {"frames": np.stack(rows)} if task.fill is None else sequences("frames", rows)


def picture_request(task, pictures) -> dict:
    if len(task.shape) == 3:
        return {"image_bytes": strings([png(read_picture(picture, task.shape)) for picture in pictures])}
    return {"features": np.stack([task.seen(vector) for vector in pictures])}


def token_request(task, texts) -> dict:
    return sequences("tokens", [vocabulary_read(task).encode(text) for text in texts])


def default_case(task, examples) -> tuple[str, dict, dict]:
    """`serving_default`, a request of `examples`, and what is expected."""
    return "serving_default", raw(task, examples), _expected(task, examples)


def _expected(task, examples):
    if isinstance(task, Tagger):
        return _tagged(task(list(examples), return_probabilities=True))
    if isinstance(task, FrameClassifier):
        return _labelled(task, examples)
    if isinstance(task, Classifier):
        return _classified(task, task(list(examples), return_probabilities=True))
    # Each alone: what is drawn with one seed for all depends on a row's place.
    return _written([task(one, return_scores=True) for one in examples])


def other_cases(task, examples) -> list[tuple[str, dict, dict]]:
    """`(signature, request, expected)` of all other signatures of `task`, `encode` and `step` apart."""
    if isinstance(task, Tagger):
        return [_words(task, examples)]
    if isinstance(task, FrameClassifier):
        return []
    return _of_classifier(task, examples) if isinstance(task, Classifier) else _of_writer(task, examples)


def _words(task, texts):
    words = [tuple(word for word, _ in row) for row in task(list(texts))]
    return "words", {"words": string_rows(words)}, _tagged(task(words, return_probabilities=True))


def _tagged(rows):
    columns = list(zip(*([list(zip(*row)) for row in rows])))
    return {
        "words": string_rows(columns[0]),
        "tags": string_rows(columns[1]),
        "scores": float_rows(columns[2]),
        "lengths": np.array([len(row) for row in rows], "int32"),
    }


def float_rows(rows):
    array = np.zeros((len(rows), max(map(len, rows))), "float32")
    for place, row in zip(array, rows):
        place[: len(row)] = row
    return array


def _labelled(task, videos):
    rows = [list(zip(*row)) for row in task(list(videos), return_probabilities=True)]
    lengths = np.array([len(labels) for labels, _ in rows], "int32")
    return {
        "labels": string_rows([row[0] for row in rows]),
        "scores": float_rows([row[1] for row in rows]),
        "lengths": lengths,
    }


def _of_classifier(task, examples):
    if task.vocabulary:
        answers = task(list(examples), return_probabilities=True)
        ranked = {
            "classes": string_rows([list(found) for _, found in answers]),
            "scores": np.array([list(found.values()) for _, found in answers], "float32"),
        }
        tokens = ("tokens", token_request(task, examples), _classified(task, answers))
        return [tokens, ("classify", tf_examples(examples), ranked)]
    if "bands" not in task.features:
        return []
    sounds = [tone(task.features["rate"], seconds) for seconds in (0.5, 0.8)]
    request = sequences("samples", [samples for samples, _ in sounds])
    return [("samples", request, _classified(task, task(sounds, return_probabilities=True)))]


def _classified(task, answers):
    chances = np.array([[found[label] for label in task.labels] for _, found in answers], "float32")
    labels = strings([label for label, _ in answers])
    return {"label": labels, "score": chances.max(axis=1), "probabilities": chances}


def tone(rate, seconds):
    """Half silence, half a rising tone."""
    time = np.arange(int(rate * seconds)) / rate
    return (np.sin(2 * np.pi * (300 + 900 * time) * time) * (time > seconds / 4)).astype("float32"), rate


def tf_examples(texts):
    import tensorflow as tf

    def example(text):
        value = tf.train.Feature(bytes_list=tf.train.BytesList(value=[text.encode()]))
        return tf.train.Example(features=tf.train.Features(feature={"text": value})).SerializeToString()

    return {"inputs": strings([example(text) for text in texts])}


def _of_writer(task, examples):
    found = _ways(task, examples)
    if getattr(task, "aligned", False):
        return [*found, _frames(task, examples), _samples(task)]
    found += [_generate(task, examples), _score(task, examples)]
    if vocabulary_read(task):
        found.append(("tokens", token_request(task, examples), _of_tokens(task, examples)))
    return [*found, _samples(task)] if isinstance(task, SpeechRecognizer) else found


def _ways(task, examples):
    request, width = raw(task, examples), max(4, task.usual_options().get("beam_size", 1))
    greedy = task(list(examples), return_scores=True, **_GREEDY[getattr(task, "aligned", False)])
    beam = task(list(examples), return_scores=True, beam_size=width, n_best=width)
    return [("greedy", request, _written(greedy)), ("beam", request, _ranked(beam))]


_GREEDY = {False: {"beam_size": 1, "temperature": 0}, True: {"beam_size": 1}}


def _frames(task, recordings):
    """What a CTC model says of each frame, of the longest recording, which nothing is put behind."""
    longest = max(recordings, key=len)
    outputs = _outputs(task.model, task.heard(longest)[None])
    request = raw(task, [longest])
    return (
        "frames",
        request,
        {"log_probabilities": outputs.astype("float32"), "lengths": np.array([outputs.shape[1]], "int32")},
    )


def _of_tokens(task, examples):
    """As for texts; about ids no prompt is at hand to be repeated."""
    answers = [task(one, return_scores=True) for one in examples]
    if not isinstance(task, LanguageModel):
        return _written(answers)
    return {**_written(answers), "text": strings([task.vocabulary.decode(one.ids) for one in answers])}


def _samples(task):
    sounds = [tone(task.features["rate"], seconds) for seconds in (0.5, 0.8)]
    request = sequences("samples", [samples for samples, _ in sounds])
    return "samples", request, _written(task(sounds, return_scores=True))


def _written(answers):
    return {
        "text": strings([one.text for one in answers]),
        "score": np.array([one.score for one in answers], "float32"),
    }


def _ranked(rows):
    scores = np.array([[one.score for one in row] for row in rows], "float32")
    return {"texts": string_rows([[one.text for one in row] for row in rows]), "scores": scores}


def _generate(task, examples):
    examples = [*examples][: len(KNOBS["seed"])]
    answers = [task([one], return_scores=True, **_options(number))[0] for number, one in enumerate(examples)]
    request = {**raw(task, examples), **{name: values[: len(examples)] for name, values in KNOBS.items()}}
    return "generate", request, _written(answers)


def _options(row):
    knobs = {name: values[row].item() for name, values in KNOBS.items()}
    draws = knobs.pop("seed")
    if not knobs["temperature"]:
        return {"beam_size": 1, **{name: knobs[name] for name in ("max_length", "min_length", "temperature")}}
    narrowed = {"top_k": knobs["top_k"] or None, "top_p": knobs["top_p"] if knobs["top_p"] < 1 else None}
    return {**knobs, **narrowed, "seed": [draws]}


def _score(task, examples):
    if isinstance(task, LanguageModel):
        rows = [task.vocabulary.encode(text) for text in examples]
        found = [(_outputs(task.model, row[None])[0, :-1], row[1:]) for row in rows]
        return "score", raw(task, examples), _summed(found)
    target = task.vocabulary.decode(range(4, min(8, task.vocabulary.size)))
    ids = np.append(task.vocabulary.encode(target), END).astype("int32")
    name = next(tensor.name for tensor in task.model.inputs if tensor.name != "previous")
    previous = np.append(START, ids[:-1]).astype("int32")[None]
    found = [
        (_outputs(task.model, {name: row[None], "previous": previous})[0], ids) for row in rows_read(task, examples)
    ]
    return "score", {**raw(task, examples), "target": strings([target] * len(examples))}, _summed(found)


def rows_read(task, examples):
    """What the model of a writing task reads."""
    if isinstance(task, SpeechRecognizer):
        return [task.heard(example) for example in examples]
    if isinstance(task, Captioner):
        return [task.seen(example) for example in examples]
    return [task.source.encode(example) for example in examples]


def _outputs(model, inputs):
    """Log-probabilities of what a model predicts, probabilities or logits."""
    outputs = np.asarray(model.predict_on_batch(inputs), "float64")
    if np.allclose(outputs.sum(-1), 1, atol=1e-4):
        return np.log(np.maximum(outputs, 1e-30))
    return (
        outputs
        - np.log(np.exp(outputs - outputs.max(-1, keepdims=True)).sum(-1, keepdims=True))
        - outputs.max(-1, keepdims=True)
    )


def _summed(found):
    sums = [steps[np.arange(len(ids)), ids].sum() for steps, ids in found]
    return {"log_probability": np.array(sums, "float32"), "symbols": np.array([len(ids) for _, ids in found], "int32")}
