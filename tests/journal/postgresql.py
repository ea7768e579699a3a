"""A PostgreSQL server for tests: Debian's package, in a folder of its own, reached through a socket in there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "a-very-secret-word"
UNPRIVILEGED = "postgres"
"""Who runs the server where the tests are root's: PostgreSQL refuses root."""

FAST = ("fsync=off", "full_page_writes=off", "max_connections=40", "shared_buffers=16MB", "listen_addresses=")


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of a server that runs until the block ends; skips where the package is missing."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="candor-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        password = folder / "password"
        password.write_text(PASSWORD)
        data = folder / "data"
        _run(
            programs / "initdb", "--pgdata", data, "--username", "candor", "--pwfile", password,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        options = " ".join(f"-c {setting}" for setting in (*FAST, f"unix_socket_directories={folder}"))
        control = (programs / "pg_ctl", "--pgdata", data, "--silent", "--log", folder / "log")
        _run(*control, "--options", options, "--wait", "start")
        try:
            yield f"postgresql://candor:{PASSWORD}@/postgres?host={folder}"
        finally:
            _run(*control, "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart_postgresql(url: str) -> None:
    """Stop the server at ``url`` as if its machine had lost its power, and start it again."""
    folder = Path(url.partition("host=")[2])
    control = (_programs() / "pg_ctl", "--pgdata", folder / "data", "--silent", "--log", folder / "log")
    _run(*control, "--mode", "immediate", "--wait", "restart")


def dumped(url: str, schema: str) -> str:
    """The statements that make ``schema`` and all that is in it anew."""
    dump = (_programs() / "pg_dump", "--dbname", url, "--schema", schema, "--inserts", "--no-owner")
    lines = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("\\", "--")))  # words to psql, and comments


def _programs() -> Path:
    """Where Debian's newest PostgreSQL has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if os.environ.get("CANDOR_REQUIRE_POSTGRESQL") == "1":
        pytest.fail("PostgreSQL is not installed, and CANDOR_REQUIRE_POSTGRESQL=1 asks for it.")
    pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")


def _run(*command: str | Path) -> None:
    user = ["runuser", "-u", UNPRIVILEGED, "--"] if os.geteuid() == 0 else []
    ran = subprocess.run([*user, *map(str, command)], cwd="/", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command[0]}: {ran.stdout}{ran.stderr}"
