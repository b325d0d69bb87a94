"""Run the contract suite and one short configuration of each pattern on a GPU, and write `results/gpu.json`.

    KERAS_BACKEND=jax python -m tests.on_gpu

It needs no TensorFlow and no network. Without a GPU it refuses, unless `--rehearse` is given, which writes nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402

from keras_rnn_zoo.device import has_gpu  # noqa: E402
from keras_rnn_zoo.training.catalogue import find_config  # noqa: E402
from keras_rnn_zoo.training.config import read  # noqa: E402
from keras_rnn_zoo.training.runner import run  # noqa: E402

SUITE = ("tests/contract/test_laws.py", "tests/contract/test_catalogue.py", "tests/layers", "tests/generation")
RESULT = Path(__file__).parents[1] / "results" / "gpu.json"

# Lengths are padded to few values, since XLA compiles each new shape.
RUNS = {
    "one_to_one/mlp_number_pictures": ["training.epochs=5"],
    "one_to_many/lstm_number_pictures": ["training.epochs=5", "training.length_multiple=8"],
    "many_to_one/gru_temporal_order": ["training.epochs=3"],
    "many_to_many_aligned/lstm_python_source": ["training.epochs=2"],
    "many_to_many_unaligned/gru_number_names": ["training.epochs=5", "training.length_multiple=8"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rehearse", action="store_true", help="run it without a GPU and write nothing")
    arguments = parser.parse_args()
    if not has_gpu() and not arguments.rehearse:
        sys.exit(f"error: the {keras.backend.backend()} backend sees no GPU")
    report = {"date": date.today().isoformat(), **_machine(), "suite": _suite(), "runs": _runs()}
    print(json.dumps(report, indent=2))
    if not arguments.rehearse:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(report, indent=2) + "\n")
    sys.exit(report["suite"]["exit_code"])


def _machine():
    devices = keras.distribution.list_devices() if keras.backend.backend() == "jax" else []
    description = ""
    if keras.backend.backend() == "jax":
        import jax

        description = jax.devices()[0].device_kind
    return {"backend": keras.backend.backend(), "keras": keras.__version__, "devices": devices, "device": description}


def _suite():
    started = time.monotonic()
    # The fused kernels may multiply in TensorFloat-32; the laws compare in float32.
    environment = {**os.environ, "JAX_DEFAULT_MATMUL_PRECISION": "highest", "NVIDIA_TF32_OVERRIDE": "0"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    print(result.stdout[-4000:])
    return {
        "command": " ".join(["pytest", *SUITE]),
        "exit_code": result.returncode,
        "summary": result.stdout.strip().splitlines()[-1],
        "seconds": round(time.monotonic() - started, 1),
    }


def _runs():
    results = {}
    for identity, overrides in RUNS.items():
        config = read(find_config(identity)[1], overrides)
        with tempfile.TemporaryDirectory() as folder:
            metrics = json.loads((run(config, Path(folder) / "run", identity=identity) / "metrics.json").read_text())
        results[identity] = {
            "overrides": overrides,
            **{key: metrics[key] for key in ("test", "baseline", "epochs", "seconds", "parameters")},
        }
    return results


if __name__ == "__main__":
    main()
