"""What training and evaluation need of the machine beside their folders."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from core.disk import CannotWrite
from scripts.candle_arguments import find_room


@pytest.fixture
def read_only_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder for temporary files can be written."""
    monkeypatch.setenv("TMPDIR", "/proc")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc"])


def test_where_a_machine_has_a_place_for_temporary_files_it_is_used(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    find_room(tmp_path)
    assert tempfile.gettempdir() == before
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("read_only_machine")
def test_where_it_has_none_they_go_below_the_folder_of_run_time_data(tmp_path: Path) -> None:
    find_room(tmp_path)
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(tmp_path / "tmp")
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == tmp_path / "tmp"


@pytest.mark.usefixtures("read_only_machine")
def test_where_that_folder_cannot_be_written_either_it_is_named() -> None:
    with pytest.raises(CannotWrite, match="/proc/no/tmp cannot be written"):
        find_room(Path("/proc/no"))
