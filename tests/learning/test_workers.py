from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from joblib.externals.loky import process_executor

from core.disk import DiskFull
from core.errors import BadCandles
from core.learning import workers
from core.learning.workers import Call, Failed, Processes, with_progress
from core.settings import PROJECT

_kept: list[bytearray] = []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(jobs: int, function: object, count: int, weight: float = 1) -> list[object]:
    calls = [Call(function, (n,), weight) for n in range(count)]  # type: ignore[arg-type]
    return Processes(jobs).run(calls, "Training", quiet=True)


def test_results_come_in_the_order_of_the_calls_from_processes_whose_memory_grows() -> None:
    """joblib replaces such a process and warns of it, which would stop everything where warnings are errors."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert run(2, first_is_last, 4) == [0, 1, 2, 3]
        assert run(2, heavy, 4) == [0, 1, 2, 3]
    assert [str(warning.message) for warning in warned] == []


def first_is_last(n: int) -> int:
    time.sleep(0.3 if n == 0 else 0.05)
    return n


def heavy(n: int) -> int:
    """As large tasks do after a while: joblib looks once a second, and minds 300 MB."""
    process_executor._MEMORY_LEAK_CHECK_DELAY, process_executor._MAX_MEMORY_LEAK_SIZE = 0, 10_000_000
    _kept.append(bytearray(b"x") * 30_000_000)
    return n


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_fails_is_its_reason_and_the_others_go_on(jobs: int) -> None:
    reasons = [Failed("candles are torn"), Failed("unexpected IndexError: list index out of range")]
    assert run(jobs, torn_or_beyond_or_n, 4) == [*reasons, 2, 3]


def torn_or_beyond_or_n(n: int) -> int:
    if n == 0:
        raise BadCandles("candles are torn")
    if n == 1:
        return int([][n])
    return n


def test_a_process_that_dies_is_the_reason_of_what_was_not_done() -> None:
    results = run(2, dies_at_two, 3)
    assert isinstance(results[2], Failed)
    assert "a process died in the middle of the work" in results[2].reason
    assert run(2, first_is_last, 2) == [0, 1]


def dies_at_two(n: int) -> int:
    if n == 2:
        time.sleep(0.5)
        os._exit(1)
    return n


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_everywhere_is_the_reason_of_all_that_has_not_begun(jobs: int, tmp_path: Path) -> None:
    calls = [Call(full_at_one, (n, tmp_path)) for n in range(20)]
    results = Processes(jobs).run(calls, "Training", quiet=True)
    assert results[0] == 0
    assert results[-1] == Failed("the disk is full", everywhere=True)
    begun = {int(path.name) for path in tmp_path.iterdir()}
    assert {0, 1} <= begun
    assert len(begun) < 12
    assert [n for n, result in enumerate(results) if not isinstance(result, Failed)] == sorted(begun - {1})


def full_at_one(n: int, folder: Path) -> int:
    (folder / str(n)).touch()
    if n == 1:
        raise DiskFull("the disk is full")
    time.sleep(0.05)
    return n


def test_processes_end_soon_after_the_one_that_started_them_was_killed_and_leave_nothing(tmp_path: Path) -> None:
    program = "import sys; from tests.learning.test_workers import *; run_for_ever(Path(sys.argv[1]))"
    begun, temporary = tmp_path / "begun", tmp_path / "temporary"
    begun.mkdir()
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    with subprocess.Popen([sys.executable, "-c", program, begun], cwd=PROJECT, env=environment) as parent:
        wait_until(lambda: len(list(begun.iterdir())) == 2)
        parent.kill()
    assert wait_until(lambda: not any(is_alive(int(path.name)) for path in begun.iterdir()))
    its_own = re.compile(rf"(?<!\d){parent.pid}(?!\d)")  # other processes' numbers may hold this one
    shared = Path("/dev/shm")
    assert wait_until(
        lambda: not [*temporary.iterdir(), *(each for each in shared.iterdir() if its_own.search(each.name))]
    )


def run_for_ever(folder: Path) -> None:
    Processes(2).run([Call(sleep_for_ever, (folder,))] * 2, "Training", quiet=True)


def sleep_for_ever(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(600)


def is_alive(number: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute, however busy the machine is."""
    for _ in range(600):
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_progress_counts_the_weight_of_what_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    calls = [Call(first_is_last, (1,), weight) for weight in (8, 1, 1)]
    monkeypatch.setattr(workers.tqdm, "mininterval", 0, raising=False)
    assert Processes(1).run(calls, "Training") == [1, 1, 1]
    assert "Training: 100%" in terminal.getvalue()


def test_where_nobody_watches_the_bar_is_lines_with_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "_LINE_EVERY", 0.0)
    assert list(with_progress(range(4), "Datasets 15m", "coin")) == [0, 1, 2, 3]
    assert Processes(1).run([Call(abs, (-1,), 3), Call(abs, (-1,), 1)], "Training") == [1, 1]
    written = capsys.readouterr().err
    assert "\r" not in written
    assert "Datasets 15m: 50 % done after 00:00, 00:00 left\n" in written
    assert "Training: 75 % done after 00:00, 00:00 left\n" in written


def test_lines_come_now_and_then_only(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in with_progress(range(1000), "Datasets 15m", "coin"):
        pass
    assert capsys.readouterr().err == ""
