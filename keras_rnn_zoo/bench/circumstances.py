"""What a time was taken on."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path


def circumstances(backend: str) -> dict:
    """Machine, versions, backend, and how busy the machine is."""
    import keras

    devices = ", ".join(keras.distribution.list_devices())
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, on {devices}",
        "versions": {"python": platform.python_version(), "keras": keras.__version__, backend: version(backend)},
        "backend": backend,
        "load_average": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    """The processor's name where Linux tells it, else its architecture."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), flags=re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()
