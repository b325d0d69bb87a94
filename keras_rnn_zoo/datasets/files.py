"""Where a dataset's files are: in a folder of the user's, in the cache, or at an address."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from keras_rnn_zoo.errors import ZooError

DATA_VARIABLE = "KERAS_RNN_ZOO_DATA"
CACHE_VARIABLE = "KERAS_RNN_ZOO_CACHE"
TIMEOUT = 20  # seconds without an answer
_CHUNK = 1 << 16  # bytes
# Some hosts (manythings.org) refuse Python's own user agent.
_HEADERS = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) keras-rnn-zoo"}


def locate(
    path: str, address: str, sha256: str | None = None, member: str | None = None, gzipped: bool = False
) -> Path:
    """The file `path`, which is downloaded if it is not there yet.

    Looked for in the folder `$KERAS_RNN_ZOO_DATA`, then in the cache (`$KERAS_RNN_ZOO_CACHE`, or
    `~/.cache/keras_rnn_zoo`), then fetched from `address` into the cache.

    Args:
        path: the file's path inside those folders, with `/`.
        address: where the original is.
        sha256: the file's checksum, where the original is known to the byte.
        member: the file's name inside the archive, if `address` is a zip.
        gzipped: whether `sha256` is of what is inside a `.gz` file, which may have been packed anew.

    Raises:
        ZooError: the folder is none, the file's checksum differs, or the download failed; the cache is then as before.
    """
    for folder in _folders():
        if (folder / path).is_file():
            return _verified(folder / path, sha256, gzipped, f"Remove it and fetch it anew from {address}", path)
    return _fetch(cache_folder() / path, path, address, sha256, member, gzipped)


def cache_folder() -> Path:
    """The folder that downloads are kept in; it may not exist yet."""
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "keras_rnn_zoo").expanduser()


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, its line ends untouched. An empty file or one that is no UTF-8 is a `ZooError`."""
    try:
        return decoded(path.read_bytes(), path)
    except OSError as error:
        raise ZooError(f"{path} should be a readable file, received: {error.strerror}. Check the path.") from error


def decoded(content: bytes, path: Path) -> str:
    """`content`, which is what `path` holds, as text. No text or no UTF-8 is a `ZooError`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        received = f"{error.reason} at byte {error.start}"
        raise ZooError(f"{path} should be UTF-8 text, received {received}. Fetch it anew.") from error
    if not text.strip():
        raise ZooError(f"{path} should hold text, received an empty file. Fetch it anew.")
    return text


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without their ends.

    Only a line feed ends a line: `str.splitlines` would also cut at U+0085 and U+2028, which occur inside sentences.
    """
    return lines_of(read_text(path))


def lines_of(text: str) -> list[str]:
    """The lines of `text`, as `read_lines` gives them."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _folders() -> list[Path]:
    given = os.environ.get(DATA_VARIABLE)
    if not given:
        return [cache_folder()]
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise ZooError(
            f"{DATA_VARIABLE} should name a folder of data, received {given!r}. Correct it, or unset it to download."
        )
    return [folder, cache_folder()]


def _verified(file: Path, sha256: str | None, gzipped: bool, advice: str, path: str, name: str | None = None) -> Path:
    received = sha256 and _checksum(file, gzipped)
    if received != sha256:
        raise ZooError(
            f"{name or file} is not the original file: expected sha256 {sha256}, received {received}. "
            f"{advice}, or set {DATA_VARIABLE} to a folder that holds {path}."
        )
    return file


def _checksum(file: Path, gzipped: bool) -> str:
    if not gzipped:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        return hashlib.sha256(gzip.decompress(file.read_bytes())).hexdigest()
    except (OSError, EOFError, zlib.error) as error:
        return f"no whole .gz file ({error})"


def _fetch(target: Path, path: str, address: str, sha256: str | None, member: str | None, gzipped: bool) -> Path:
    try:
        with urlopen(Request(address, headers=_HEADERS), timeout=TIMEOUT) as response:
            cache_folder().mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache_folder(), prefix=".download-") as folder:
                file = _save(response, Path(folder) / "file", address)
                file = _unpacked(file, member) if member else file
                _check_whole(file, path)
                _verified(file, sha256, gzipped, _by_hand(target, member), path, name=address)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(file, target)
    except (OSError, HTTPException, EOFError, zipfile.BadZipFile) as error:
        raise ZooError(
            f"{path} could not be downloaded from {address} ({error}). {_by_hand(target, member)}, "
            f"or set {DATA_VARIABLE} to a folder that holds {path}."
        ) from error
    return target


def _by_hand(target: Path, member: str | None) -> str:
    what = f"unpack {member!r} of it and save that" if member else "save it"
    return f"Fetch it by hand, {what} as {target}"


def _check_whole(file: Path, path: str) -> None:
    """Raises an `OSError` if the download is to be a `.zip` file and is none, or one of its members is damaged."""
    if path.endswith(".zip"):
        with zipfile.ZipFile(file) as archive:
            if damaged := archive.testzip():
                raise OSError(f"{damaged} in the archive is damaged")


def _save(response, file: Path, address: str) -> Path:
    expected, received = int(response.headers.get("Content-Length") or 0), 0
    with file.open("wb") as sink:
        while chunk := response.read(_CHUNK):
            sink.write(chunk)
            received += len(chunk)
            _show(address, received, expected)
    sys.stderr.write("\n")
    if expected and received != expected:
        raise OSError(f"expected {expected:,} bytes, received {received:,}")
    return file


def _show(address: str, received: int, expected: int) -> None:
    """One progress line, rewritten on a terminal and written once, at the end, elsewhere."""
    if sys.stderr.isatty() or received == expected:
        total = f" of {expected / 1e6:.1f}" if expected else ""
        sys.stderr.write(f"\r{address}: {received / 1e6:.1f}{total} MB")
        sys.stderr.flush()


def _unpacked(archive: Path, member: str) -> Path:
    file = archive.with_name("member")
    with zipfile.ZipFile(archive) as source:
        if member not in source.namelist():
            raise OSError(f"expected {member!r} in the archive, received {source.namelist()[:5]}")
        with source.open(member) as opened, file.open("wb") as sink:
            shutil.copyfileobj(opened, sink)
    return file
