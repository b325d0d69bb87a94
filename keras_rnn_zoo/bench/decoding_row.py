"""One model's line: decoding in one graph against a loop in Python."""

from __future__ import annotations

import numpy as np

from keras_rnn_zoo.bench.decoding_models import DecodingCase, decoding_case
from keras_rnn_zoo.bench.speed_timing import times_in_turn
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN

BEAM_SIZE = 5


def decoding_row(name: str, batch: int, rounds: int) -> dict:
    """What is written of the model called `name`, once both ways are known to write the same.

    Raises:
        ZooError: they do not.
    """
    case = decoding_case(name, batch)
    greedy, beam = _writer(case, 1), _writer(case, BEAM_SIZE)
    _check_same(name, write_by_predict(case), greedy(case.inputs).ids[:, 0])
    ways = {"loop": lambda: write_by_predict(case)}
    ways |= {"greedy": lambda: greedy(case.inputs), "beam": lambda: beam(case.inputs)}
    found, symbols = times_in_turn(ways, rounds), batch * case.length
    return {
        "model": name,
        "parameters": case.model.count_params(),
        "batch": batch,
        "symbols": case.length,
        "loop": _speed(found["ms"]["loop"], symbols),
        "greedy": _speed(found["ms"]["greedy"], symbols),
        "ratio": found["ratio"]["greedy"],
        "ratios": found["ratios"]["greedy"],
        f"beam_{BEAM_SIZE}": _speed(found["ms"]["beam"], symbols),
    }


def write_by_predict(case: DecodingCase) -> np.ndarray:
    """The most probable symbols, ids `(rows, length)`: the model reads all that is written for each new symbol."""
    written = case.start
    for _ in range(case.length):
        probabilities = case.model.predict(case.predict_inputs(written), batch_size=len(written), verbose=0)[:, -1]
        probabilities[:, [PAD, UNKNOWN, START, END]] = 0
        written = np.concatenate([written, probabilities.argmax(axis=1)[:, None].astype("int32")], axis=1)
    return written[:, 1:]


def _writer(case: DecodingCase, beam_size: int) -> SequenceWriter:
    return SequenceWriter(case.model, case.length, min_length=case.length, beam_size=beam_size)


def _check_same(name: str, loop: np.ndarray, graph: np.ndarray):
    same = (loop == graph).all(axis=1).mean()
    if same < 0.9:  # Rounding may part two symbols that are as good as equally probable.
        raise ZooError(f"{name}: only {same:.0%} of the rows are the same in the loop and in one graph. Report this.")


def _speed(ms: float, symbols: int) -> dict:
    return {"ms": ms, "symbols_per_second": round(1000 * symbols / ms, 1)}
