"""Candor as a user starts it: ``streamlit run app.py`` in a process of its own, on the simulated market."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 90  # generous, since CI's cores are slow


@contextmanager
def real_server(
    models_dir: Path,
    scratch: Path,
    port: int | None = None,
    key: str = "",
    program: Sequence[str] = ("-m", "streamlit"),
    started: list[subprocess.Popen[bytes]] | None = None,
    **environment: str,
) -> Iterator[str]:
    """Run the server over the models in ``models_dir``; gives its address once the board has predictions.

    The address ends with the base path, where ``environment`` names one, without a slash. ``key`` opens a guarded one; its process is
    added to ``started``. AssertionError with the server's log where it does not come up.
    """
    port = free_port() if port is None else port
    log = scratch / "server.log"
    folders = {"CANDOR_MODELS_DIR": str(models_dir), "CANDOR_DATA_DIR": str(scratch / "data")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *program, "run", "app.py", f"--server.port={port}"],
            cwd=PROJECT,
            env=server_environment() | folders | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if started is not None:
        started.append(process)
    base_path = environment.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    address = f"http://localhost:{port}/{base_path}".rstrip("/")
    try:
        _await_ready(Request(f"{address}/api/health/ready", headers={"X-API-Key": key} if key else {}), process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def server_environment() -> dict[str, str]:
    """This process's environment without its own CANDOR_* settings; the simulated market, one core, no replay."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CANDOR_", "STREAMLIT_"))}
    return kept | {"CANDOR_MARKET": "simulated", "CANDOR_REPLAY_DAYS": "0", "OMP_NUM_THREADS": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(ready: Request, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(ready, timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"The server did not come up. Its log ends:\n{log.read_text(errors='replace')[-4000:]}")
