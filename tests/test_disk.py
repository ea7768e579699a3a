"""Files written whole, and read within bounds."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from core.disk import (
    CannotRead,
    CannotWrite,
    DiskFull,
    FolderInUse,
    cannot_write,
    only_writer,
    read_bounded,
    write_whole,
)


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


def test_a_full_disk_is_told_from_what_concerns_one_file_only():
    assert isinstance(cannot_write(OSError(28, "full"), Path("there")), DiskFull)
    assert not isinstance(cannot_write(OSError(13, "forbidden"), Path("there")), DiskFull)


def test_a_folder_has_one_writer_at_a_time_and_the_second_is_told_who_it_is(tmp_path):
    folder = tmp_path / "new"
    with only_writer(folder, "A training"):
        sentence = (
            rf"^A training \(process {os.getpid()} on .+\) writes into {folder}\. Wait for its end, or name another"
        )
        with pytest.raises(FolderInUse, match=sentence), only_writer(folder, "A second training"):
            pass
        with only_writer(tmp_path / "other", "A training"):
            pass
    with only_writer(folder, "A third training"):
        pass
    assert list(folder.iterdir()) == []


def test_what_a_killed_writer_leaves_holds_nobody_up_and_is_cleared(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from core.disk import only_writer\n"
        "with only_writer(Path(sys.argv[1]), 'A training that was given a rather long name'): os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, tmp_path], check=False).returncode == 9
    assert [each.name for each in tmp_path.iterdir()] == [".lock"]
    refused = pytest.raises(FolderInUse, match=r"^A training \(process")
    with only_writer(tmp_path, "A training"), refused, only_writer(tmp_path, "Another"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_who_waited_at_the_door_when_the_lock_was_taken_away_holds_the_new_one(tmp_path, monkeypatch):
    """Between opening and holding the file its last holder takes it away: what is held then is nobody's folder."""
    real, gone = fcntl.flock, []

    def slowly(descriptor, operation):
        if not gone:
            gone.append((tmp_path / ".lock").unlink())
        real(descriptor, operation)

    monkeypatch.setattr("core.disk.fcntl.flock", slowly)
    with only_writer(tmp_path, "A training"), pytest.raises(FolderInUse), only_writer(tmp_path, "Another"):
        pass


def test_a_folder_that_cannot_be_written_has_no_writer(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotWrite, match="file cannot be written: File exists"), only_writer(tmp_path / "file", "A"):
        pass
    (tmp_path / "folder" / ".lock").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="Is a directory"), only_writer(tmp_path / "folder", "A"):
        pass
