from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from joblib import delayed

from core.learning import progress
from core.learning.progress import progress_bar, report, with_bar
from core.learning.workers import run_in_processes


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_units_of_all_processes_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar(10, "Training") as folder:
        run_in_processes(2, (delayed(report)(folder, 3) for _ in range(3)))
    assert "9/10" in terminal.getvalue()
    assert not folder.exists()


def test_work_done_twice_does_not_count_beyond_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar(10, "Training") as folder:
        report(folder, 8)
        report(folder, 8)
    assert "10/10" in terminal.getvalue()


def test_tasks_on_other_machines_get_a_folder_that_they_see(tmp_path: Path) -> None:
    with progress_bar(10, "Training", quiet=True, folder=tmp_path) as folder:
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_watches_the_bar_is_lines_with_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_LINE_EVERY", 0.0)
    assert list(with_bar(range(4), "Datasets 15m", "coin")) == [0, 1, 2, 3]
    written = capsys.readouterr().err
    assert "\r" not in written
    assert "Datasets 15m: 50 % done after 00:00, 00:00 left\n" in written


def test_lines_come_now_and_then_only(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in with_bar(range(1000), "Datasets 15m", "coin"):
        pass
    assert capsys.readouterr().err == ""
