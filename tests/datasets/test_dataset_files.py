"""Files are found, downloaded, checked and replaced in one step, and failures leave the cache as it was."""

import gzip
import hashlib
import io
import zipfile
from email.message import Message
from urllib.error import HTTPError, URLError

import pytest

from keras_rnn_zoo.datasets import files
from keras_rnn_zoo.datasets.gzipped import locate_gzipped, unpacked
from keras_rnn_zoo.errors import ZooError

CONTENT = b"one\ntwo\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = "https://example.org/set/file.txt"


class Response(io.BytesIO):
    def __init__(self, content, length=None):
        super().__init__(content)
        self.headers = Message()
        self.headers["Content-Length"] = str(len(content) if length is None else length)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_RNN_ZOO_DATA", raising=False)
    monkeypatch.setenv("KERAS_RNN_ZOO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def answer(monkeypatch):
    requests = []

    def install(reply):
        def opened(request, timeout):
            requests.append((request, timeout))
            if isinstance(reply, Exception):
                raise reply
            return Response(*reply) if isinstance(reply, tuple) else Response(reply)

        monkeypatch.setattr(files, "urlopen", opened)
        return requests

    return install


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_download_then_cache(cache, answer, capsys):
    requests = answer(CONTENT)
    path = files.locate("set/file.txt", ADDRESS, SHA256)
    assert path == cache / "set" / "file.txt" and path.read_bytes() == CONTENT
    assert files.locate("set/file.txt", ADDRESS, SHA256) == path and len(requests) == 1
    request, timeout = requests[0]
    assert timeout == 20 and request.full_url == ADDRESS and request.get_header("User-agent").startswith("Mozilla/5.0")
    assert ADDRESS in capsys.readouterr().err
    assert contents(cache) == ["set", "set/file.txt"]


def test_the_users_folder_comes_first(cache, answer, tmp_path, monkeypatch):
    answer(AssertionError("no download"))
    for folder in (tmp_path / "data", cache):
        (folder / "set").mkdir(parents=True)
        (folder / "set" / "file.txt").write_bytes(CONTENT)
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path / "data"))
    assert files.locate("set/file.txt", ADDRESS) == tmp_path / "data" / "set" / "file.txt"


def test_member_of_a_zip(cache, answer):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("inside/tur.txt", CONTENT)
    answer(archive.getvalue())
    assert files.locate("set/tur.txt", ADDRESS, SHA256, member="inside/tur.txt").read_bytes() == CONTENT
    with pytest.raises(ZooError, match=r"expected 'other.txt' in the archive, received \['inside/tur.txt'\]"):
        files.locate("set/other.txt", ADDRESS, member="other.txt")
    with pytest.raises(ZooError, match=r"by hand, unpack 'a/other.txt' of it and save that as .*set/other.txt, or set"):
        files.locate("set/other.txt", ADDRESS, member="a/other.txt")
    assert contents(cache) == ["set", "set/tur.txt"]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (URLError("no route to host"), "no route to host"),
        (HTTPError(ADDRESS, 404, "Not Found", Message(), None), "404"),
        (TimeoutError("timed out"), "timed out"),
        ((CONTENT, 99), "expected 99 bytes, received 8"),
    ],
)
def test_a_failed_download_leaves_the_cache(cache, answer, reply, message):
    (cache / "kept").mkdir(parents=True)
    answer(reply)
    with pytest.raises(ZooError, match=message) as caught:
        files.locate("set/file.txt", ADDRESS)
    for named in (ADDRESS, str(cache / "set" / "file.txt"), "KERAS_RNN_ZOO_DATA"):
        assert named in str(caught.value)
    assert contents(cache) == ["kept"]


def test_a_download_that_is_no_zip(cache, answer):
    answer(CONTENT)
    with pytest.raises(ZooError, match="not a zip file"):
        files.locate("set/file.txt", ADDRESS, member="file.txt")
    assert contents(cache) == []


def test_a_download_of_another_checksum(cache, answer):
    answer(b"<html>sorry</html>")
    with pytest.raises(ZooError, match=f"{ADDRESS} is not the original file: expected sha256 {SHA256}, received"):
        files.locate("set/file.txt", ADDRESS, SHA256)
    assert contents(cache) == []


def test_a_found_file_of_another_checksum(cache, answer):
    answer(AssertionError("no download"))
    (cache / "set").mkdir(parents=True)
    (cache / "set" / "file.txt").write_bytes(CONTENT[:-1])
    received = hashlib.sha256(CONTENT[:-1]).hexdigest()
    message = f"file.txt is not the original file: expected sha256 {SHA256}, received {received}"
    with pytest.raises(ZooError, match=message):
        files.locate("set/file.txt", ADDRESS, SHA256)


def test_a_data_folder_that_is_none(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_RNN_ZOO_DATA", str(tmp_path / "absent"))
    with pytest.raises(ZooError, match="KERAS_RNN_ZOO_DATA should name a folder of data, received .*absent"):
        files.locate("set/file.txt", ADDRESS)


def test_only_a_line_feed_ends_a_line(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_bytes("\ufeffone\u0085still\u2028one\r\ntwo\n".encode())
    assert files.read_lines(path) == ["one\u0085still\u2028one", "two"]


@pytest.mark.parametrize(("content", "message"), [(b"", "empty"), (b" \n", "empty"), (b"ab\xff", "UTF-8 text.*byte 2")])
def test_unreadable_text(tmp_path, content, message):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(ZooError, match=f"bad.txt.*{message}"):
        files.read_text(path)


def test_a_missing_text(tmp_path):
    with pytest.raises(ZooError, match="absent.txt should be a readable file"):
        files.read_text(tmp_path / "absent.txt")


@pytest.fixture
def packed(cache, answer):
    """What is downloaded is packed anew, so that only what is inside is known."""
    answer(gzip.compress(CONTENT, mtime=7))
    return cache


def test_what_is_inside_is_checked(packed):
    path = files.locate("set/file.txt.gz", f"{ADDRESS}.gz", SHA256, gzipped=True)
    assert unpacked(path) == CONTENT == unpacked(locate_gzipped("set/file.txt", f"{ADDRESS}.gz", SHA256))
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ZooError, match=f"file.txt.gz is not the original file.*no whole .gz file .*from {ADDRESS}.gz"):
        files.locate("set/file.txt.gz", f"{ADDRESS}.gz", SHA256, gzipped=True)
    with pytest.raises(ZooError, match="file.txt.gz should be a whole .gz file"):
        unpacked(path)


def test_other_content_leaves_the_cache(packed):
    with pytest.raises(
        ZooError, match=f"{ADDRESS}.gz is not the original file: expected sha256 0.* holds set/file.txt.gz"
    ):
        locate_gzipped("set/file.txt", f"{ADDRESS}.gz", "0" * 64)
    assert contents(packed) == []


def test_a_plain_file_comes_first(cache, answer):
    answer(CONTENT)
    path = locate_gzipped("set/file.txt", ADDRESS, SHA256)
    assert path.name == "file.txt" and unpacked(path) == CONTENT
    (cache / "set" / "file.txt.gz").write_bytes(b"not looked at")
    assert locate_gzipped("set/file.txt", f"{ADDRESS}.gz", SHA256) == path
