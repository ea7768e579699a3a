"""Files written whole, and read within bounds."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from core.disk import CannotRead, CannotWrite, cannot_write, read_bounded, write_whole


def test_what_is_written_is_read_back_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "file.bin"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert read_bounded(path, 6) == b"second"
    assert [each.name for each in path.parent.iterdir()] == ["file.bin"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(28, "the disk is full"), (30, "read-only"), (13, "belongs to somebody else"), (5, "Input/output error")],
)
def test_what_stopped_a_writer_is_said_in_a_sentence(number, words):
    assert words in str(cannot_write(OSError(number, os.strerror(number)), Path("there")))


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "file.bin"
    write_whole(path, b"old")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    script = (
        "import resource, signal, sys; from pathlib import Path; from core.disk import write_whole, CannotWrite\n"
        f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (10, {hard}))\n"
        "try: write_whole(Path(sys.argv[1]), bytes(100))\n"
        "except CannotWrite as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path} cannot be written: File too large.\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path):
    (tmp_path / "taken" / "by").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="cannot be written: Is a directory"):
        write_whole(tmp_path / "taken", b"")
    with pytest.raises(CannotWrite, match="cannot be written"):
        (tmp_path / "file").write_bytes(b"")
        write_whole(tmp_path / "file" / "below", b"")


def test_what_a_killed_writer_left_is_cleared_and_what_a_living_one_writes_is_not(tmp_path):
    path = tmp_path / "file.bin"
    abandoned, living = tmp_path / ".file.bin.0000.tmp", tmp_path / ".file.bin.1111.tmp"
    abandoned.write_bytes(b"half")
    with living.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_whole(path, b"whole")
        assert sorted(tmp_path.iterdir()) == sorted([path, living])


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_bounded(tmp_path / "none", 1)


def test_a_pipe_a_device_a_folder_and_a_large_file_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "large").write_bytes(bytes(11))
    for name in ("pipe", "device", "."):
        with pytest.raises(CannotRead, match="is not a regular file"):
            read_bounded(tmp_path / name, 10)
    with pytest.raises(CannotRead, match="has 11 bytes; expected at most 10"):
        read_bounded(tmp_path / "large", 10)
