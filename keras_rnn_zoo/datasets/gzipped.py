"""Files that are found as they are or packed by gzip."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from keras_rnn_zoo.datasets.files import decoded, lines_of, locate
from keras_rnn_zoo.datasets.prepared import find
from keras_rnn_zoo.errors import ZooError


def locate_gzipped(path: str, address: str, sha256: str | None = None) -> Path:
    """The file `path` or `path.gz`, which is downloaded if neither is there yet; see `files.locate`.

    Args:
        path: the file's path without `.gz`.
        address: where the original is; it ends in `.gz` where the original does.
        sha256: the checksum of what is inside, where the original is known to the byte.
    """
    if find(path):
        return locate(path, address, sha256)
    if find(f"{path}.gz") or address.endswith(".gz"):
        return locate(f"{path}.gz", address, sha256, gzipped=True)
    return locate(path, address, sha256)


def unpacked(path: Path) -> bytes:
    """What is inside a `.gz` file, or all of any other. A truncated file is a `ZooError`."""
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except gzip.BadGzipFile as error:
        raise ZooError(f"{path} should be a .gz file, received another ({error}). Fetch it anew.") from error
    except (EOFError, zlib.error) as error:
        raise ZooError(
            f"{path} should be a whole .gz file, received a damaged one ({error}). Fetch it anew."
        ) from error


def unpacked_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text that may be packed, as `files.read_lines` gives them."""
    return lines_of(decoded(unpacked(path), path))
