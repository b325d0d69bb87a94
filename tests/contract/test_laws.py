"""What every pattern owes in every pair of settings: padding, lengths, saving."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_rnn_zoo.datasets import Examples
from keras_rnn_zoo.preprocessing.batching import SequenceBatcher
from tests.contract.cases import CASES, CELLS, PADDING, build, case_name, inputs_and_targets

LOAD_AND_ANSWER = """
import json, sys
import numpy as np
import keras_rnn_zoo as zoo
import tests.own_cell
worst = {}
for folder in sys.argv[1:]:
    arrays = dict(np.load(folder + "/inputs.npz"))
    expected = arrays.pop("expected")
    answer = np.asarray(zoo.load_model(folder + "/model.keras").predict(arrays.pop("only") if "only" in arrays else arrays, verbose=0))
    worst[folder] = float(np.abs(answer - expected).max())
print(json.dumps(worst))
"""


def answer(model, inputs):
    return np.asarray(keras.ops.convert_to_numpy(model(inputs, training=False)))


@pytest.fixture(scope="module", params=CASES, ids=case_name)
def case_and_model(request):
    keras.utils.set_random_seed(7)
    return request.param, build(request.param)


def test_every_pair_of_settings_is_among_the_cases():
    for pattern in ("one_to_many", "many_to_one", "many_to_many_aligned", "many_to_many_unaligned"):
        for cell in CELLS:
            assert any(case["pattern"] == pattern and case["cell"] == cell for case in CASES)
    for direction in (False, True):
        for skip in (None, "input", "residual"):
            assert any(case["bidirectional"] == direction and case["skip_connections"] == skip for case in CASES)


def test_padding_never_changes_the_answer(case_and_model):
    case, model = case_and_model
    inputs, _ = inputs_and_targets(case)
    more_padded, _ = inputs_and_targets(case, padded_to=9)
    alone, _ = inputs_and_targets(case)
    second = {name: value[1:2] for name, value in alone.items()} if isinstance(alone, dict) else alone[1:2]
    whole, padded = answer(model, inputs), answer(model, more_padded)
    assert np.ptp(whole) > 0.05
    if case["pattern"] == "many_to_one":
        np.testing.assert_allclose(padded, whole, atol=1e-6)
        np.testing.assert_allclose(answer(model, _cut(second, 3)), whole[1:2], atol=1e-6)
    else:
        np.testing.assert_allclose(padded[:, :5][_real()], whole[_real()], atol=1e-6)
        np.testing.assert_allclose(answer(model, _cut(second, 3))[0], whole[1, :3], atol=1e-6)


def test_padding_never_changes_the_loss(case_and_model):
    case, model = case_and_model
    model.compile(loss="sparse_categorical_crossentropy")
    losses = [model.evaluate(*inputs_and_targets(case, padded_to=steps), verbose=0) for steps in (5, 9)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_trains_on_any_length(case_and_model):
    case, model = case_and_model
    lengths = (8, 8, 8, 12, 1, 5)
    rows = [inputs_and_targets(case, (length,), seed=length) for length in lengths]
    names = list(rows[0][0]) if isinstance(rows[0][0], dict) else ["inputs"]
    inputs = {name: [(row[0][name] if isinstance(row[0], dict) else row[0])[0] for row in rows] for name in names}
    padding = {name: PADDING if inputs[name][0].dtype.kind == "f" else 0 for name in names if name != "context"}
    targets = [row[1][0] for row in rows]
    if case["pattern"] == "many_to_one":
        targets = np.array(targets)
    else:
        padding["targets"] = 0
    batches = SequenceBatcher(Examples(inputs, targets), 1, padding, bucket=False, length_multiple=4)
    model.compile("sgd", "sparse_categorical_crossentropy")
    history = model.fit(batches.dataset(), epochs=2, shuffle=False, verbose=0).history["loss"]
    assert np.isfinite(history).all()


def test_configuration_round_trip(case_and_model):
    case, model = case_and_model
    copy = model.__class__.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    inputs, _ = inputs_and_targets(case)
    np.testing.assert_allclose(answer(copy, inputs), answer(model, inputs), atol=1e-6)


def test_saved_models_answer_alike_in_a_fresh_process(tmp_path):
    folders = []
    for number, case in enumerate(CASES):
        model = build(case)
        inputs, _ = inputs_and_targets(case)
        folder = tmp_path / str(number)
        folder.mkdir()
        model.save(folder / "model.keras")
        arrays = inputs if isinstance(inputs, dict) else {"only": inputs}
        np.savez(folder / "inputs.npz", expected=answer(model, inputs), **arrays)
        folders.append(str(folder))
    result = subprocess.run([sys.executable, "-c", LOAD_AND_ANSWER, *folders], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
    worst = json.loads(result.stdout.splitlines()[-1])
    assert len(worst) == len(CASES)
    assert max(worst.values()) < 1e-5, worst


def _real():
    mask = np.zeros((2, 5), bool)
    mask[0, :5], mask[1, :3] = True, True
    return mask


def _cut(inputs, steps):
    if isinstance(inputs, dict):
        return {name: value if name == "context" else value[:, :steps] for name, value in inputs.items()}
    return inputs[:, :steps]
