"""A version is whole from the moment it has its name, whoever dies or writes beside."""

import os
import signal
import subprocess
import sys
import time

import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving import versions
from keras_rnn_zoo.serving.versions import new_version, versions_of

WHOLE = ["saved_model.pb", "variables"]


def write(base, version=None):
    with new_version(base, version) as new:
        (new.partial / "variables").mkdir()
        (new.partial / "saved_model.pb").write_text("whole")
    return new.folder


def left(base):
    return sorted(path.name for path in base.iterdir())


def test_the_next_free_number(tmp_path):
    base = tmp_path / "served" / "model"
    assert [write(base).name for _ in range(2)] == ["1", "2"]
    assert write(base, 7).name == "7" and write(base).name == "8"
    assert versions_of(base) == [1, 2, 7, 8] and left(base / "8") == WHOLE


def test_others_folders_do_not_count(tmp_path):
    for name in ("v3", "tmp-5", "notes.txt"):
        (tmp_path / name).mkdir()
    (tmp_path / "0004").mkdir()
    assert write(tmp_path).name == "5"


def test_a_version_is_never_replaced(tmp_path):
    folder = write(tmp_path, 3)
    with pytest.raises(ZooError, match="3 is there already, and a version is never replaced"):
        write(tmp_path, 3)
    assert left(folder) == WHOLE and left(tmp_path) == ["3"]


@pytest.mark.parametrize("version", [0, -1, True, "2", 1.0, 2**63])
def test_no_version(tmp_path, version):
    with pytest.raises(ZooError, match="whole number of at least 1, received"):
        write(tmp_path / "new", version)
    assert left(tmp_path) == []


def test_a_file_is_no_base(tmp_path):
    (tmp_path / "model").write_text("")
    with pytest.raises(ZooError, match="and is a file"):
        write(tmp_path / "model")


def test_nothing_is_left_of_a_failure(tmp_path):
    with pytest.raises(RuntimeError), new_version(tmp_path) as new:
        (new.partial / "saved_model.pb").write_text("half")
        raise RuntimeError
    assert left(tmp_path) == []


def test_two_at_once_take_two_numbers(tmp_path):
    with new_version(tmp_path) as first, new_version(tmp_path) as second:
        (first.partial / "a").write_text("first")
        (second.partial / "a").write_text("second")
    assert [(one.folder.name, (one.folder / "a").read_text()) for one in (second, first)] == [
        ("1", "second"),
        ("2", "first"),
    ]


def test_two_at_once_that_ask_for_the_same_number(tmp_path):
    with pytest.raises(ZooError, match="3 is there already"), new_version(tmp_path, 3) as first:
        (first.partial / "a").write_text("first")
        write(tmp_path, 3)
    assert left(tmp_path) == ["3"] and left(tmp_path / "3") == WHOLE


def test_another_takes_the_number_between_the_look_and_the_rename(tmp_path, monkeypatch):
    rename = os.rename

    def slow(partial, target):
        monkeypatch.setattr(versions.os, "rename", rename)
        write(tmp_path)
        rename(partial, target)

    monkeypatch.setattr(versions.os, "rename", slow)
    assert write(tmp_path).name == "2" and versions_of(tmp_path) == [1, 2]


WRITER = """
import os, sys, time
from pathlib import Path
from keras_rnn_zoo.serving import versions
from keras_rnn_zoo.serving.versions import new_version

base, moment = sys.argv[1:]

def stop_at(here):
    if here == moment:
        print("here", flush=True)
        time.sleep(60)

rename = os.rename

def stopping(*paths):
    stop_at("before its name")
    rename(*paths)
    stop_at("after its name")

versions.os.rename = stopping
with new_version(base) as new:
    stop_at("empty")
    (new.partial / "saved_model.pb").write_text("whole")
    stop_at("half")
    (new.partial / "variables").mkdir()
"""


@pytest.mark.parametrize("moment", ["empty", "half", "before its name", "after its name"])
def test_a_process_that_is_killed_leaves_no_half_version(tmp_path, moment):
    write(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), moment], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n"
    alive = left(tmp_path)
    assert left(tmp_path / "1") == WHOLE
    beside = write(tmp_path)
    assert set(alive) < set(left(tmp_path))  # What is alive stays.
    process.send_signal(signal.SIGKILL)
    process.communicate()
    named = moment == "after its name"
    assert versions_of(tmp_path) == ([1, 2, 3] if named else [1, 2]) and beside.name == ("3" if named else "2")
    after = write(tmp_path)
    assert left(tmp_path) == [str(number) for number in versions_of(tmp_path)] and after.name == str(3 + named)
    assert all(left(tmp_path / name) == WHOLE for name in left(tmp_path))


EXPORT = """
import sys
from tests.serving.small_tasks import classifier
from keras_rnn_zoo.serving.exporting import export
export(classifier()[0], sys.argv[1])
"""


@pytest.mark.parametrize("seen", ["saved_model.pb", "assets.extra"])
def test_an_export_that_is_killed_leaves_no_half_version(tmp_path, seen):
    process = subprocess.Popen([sys.executable, "-c", EXPORT, str(tmp_path)], stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(tmp_path.glob(f".writing-*/{seen}")) and not versions_of(tmp_path):
        time.sleep(0.002)
    process.kill()
    said = process.communicate()[1]
    assert process.returncode == -signal.SIGKILL, said
    for version in versions_of(tmp_path):  # It may have been quicker than we are.
        assert (tmp_path / str(version) / "assets.extra" / "tf_serving_warmup_requests").stat().st_size > 0
    write(tmp_path)
    assert left(tmp_path) == [str(number) for number in versions_of(tmp_path)]
