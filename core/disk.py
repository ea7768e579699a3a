"""Files written whole and read within bounds: a crash leaves no half of one, and none can hang or fill the memory."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from core.errors import CandorError
from core.text import shorten

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What disks answer that hold nothing for anybody; everybody may write there."""

_LOCK = ".lock"
_LONGEST_NAME = 200


class CannotWrite(CandorError):
    """A file or folder that cannot be written: the disk is full, or it is read-only or somebody else's."""

    code = "cannot_write"


class DiskFull(CannotWrite):
    """No space is left, so whatever is written next cannot be written either."""


class FolderInUse(CandorError):
    """Somebody else writes into the folder, and two writers would undo each other's work."""

    code = "folder_in_use"


class CannotRead(CandorError):
    """A file that is not a regular one, is larger than its kind ever is, or may not be read."""

    code = "cannot_read"


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, whose folder is made where it is missing; whoever reads meets the old or the new.

    Raises CannotWrite, leaving what was there. What a killed writer left beside the file is cleared by the next.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(path)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with aside.open("xb") as file, held(aside):
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(error, path) from None


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """For as long as this lasts, and its process lives, the file or folder at ``path`` is held."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # network folders cannot be held; theirs are left to who finds them
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process holds what is at ``path``; True, too, where that cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def only_writer(folder: Path, doing: str) -> Iterator[None]:
    """As long as this lasts, nobody else who asks may write into ``folder``, which is made where it is missing.

    ``doing`` is what others are told about it, such as "A training". FolderInUse where somebody else was faster,
    CannotWrite where the folder is not ours to write in. Nothing is left of it in the end, and whoever is killed holds
    the folder no longer.
    """
    path = folder / _LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _held(path)
    except BlockingIOError:
        raise FolderInUse(
            f"{_holder(path)} writes into {{path}}. Wait for its end, or name another folder.", folder
        ) from None
    except OSError as error:
        raise cannot_write(error, folder) from None
    try:
        with contextlib.suppress(OSError):  # a full disk takes no names, but it can be held
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{doing} (process {os.getpid()} on {socket.gethostname()})".encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()  # before it is let go, or another's would be taken away
        os.close(descriptor)


def _held(path: Path) -> int:
    """A descriptor of the file at ``path`` that holds it; BlockingIOError where another one does."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    return descriptor
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return descriptor
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder has taken it away meanwhile


def _holder(path: Path) -> str:
    """Who holds the file at ``path``, as it was written there."""
    try:
        named = read_bounded(path, _LONGEST_NAME).decode(errors="replace")
    except (OSError, CannotRead):
        named = ""
    return shorten(named, _LONGEST_NAME) or "Another command"


def read_bounded(path: Path, limit: int) -> bytes:
    """What the regular file at ``path`` holds, at most ``limit`` bytes.

    Raises FileNotFoundError where there is none, and CannotRead for a pipe, a device, a folder, a larger file or one
    that may not be read. Never waits for a writer, and never holds more than one byte over the limit.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            return _read(descriptor, path, limit)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CannotRead(f"{{path}} cannot be read: {error.strerror}.", path) from None


def _read(descriptor: int, path: Path, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise CannotRead("{path} is not a regular file; expected one that can be read to its end.", path)
    with open(descriptor, "rb", closefd=False) as file:
        content = b"" if status.st_size > limit else file.read(limit + 1)
    size = max(status.st_size, len(content))
    if size > limit:
        raise CannotRead(f"{{path}} has {size:,} bytes; expected at most {limit:,}.", path)
    return content


def cannot_write(error: OSError, path: Path) -> CannotWrite:
    """Why nothing could be written at ``path``, and what to do about it."""
    if error.errno in _FULL:
        return DiskFull("{path} cannot be written: the disk is full. Free some space and try again.", path)
    if error.errno in _FORBIDDEN:
        why = "it or its folder is read-only or belongs to somebody else"
        return CannotWrite(f"{{path}} cannot be written: {why}. Allow it, or name another folder.", path)
    return CannotWrite(f"{{path}} cannot be written: {error.strerror or error}.", path)


def _clear_abandoned(path: Path) -> None:
    """Delete what writers of ``path`` left aside who are no longer alive."""
    for aside in path.parent.glob(f".{path.name}.*.tmp"):
        if not is_held(aside):
            with contextlib.suppress(OSError):
                aside.unlink()
