"""What ``make run`` does before Streamlit starts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def environment_without_a_home(tmp_path: Path) -> Path:
    """An environment whose Python finds no home, and tells which one Streamlit would get."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$1" != -c ] && echo "HOME=$HOME $*"\n')
    python.chmod(0o755)
    (tmp_path / "venv" / "installed").touch()
    return tmp_path / "venv"


def made(venv: Path, **variables: str) -> str:
    """What ``make run`` prints with these variables and no HOME but theirs."""
    kept = {"PATH": os.environ["PATH"]}
    command = ["make", "--no-print-directory", "run", f"VENV={venv}"]
    ran = subprocess.run(command, cwd=PROJECT, env=kept | variables, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_who_has_no_home_gets_one_below_the_data_folder(environment_without_a_home: Path, tmp_path: Path) -> None:
    streamlit = "-m streamlit run app.py"
    assert made(environment_without_a_home) == f"HOME={PROJECT}/data/home {streamlit}"
    assert (
        made(environment_without_a_home, CANDOR_DATA_DIR="else where") == f"HOME={PROJECT}/else where/home {streamlit}"
    )
    assert made(environment_without_a_home, CANDOR_DATA_DIR=str(tmp_path)) == f"HOME={tmp_path}/home {streamlit}"


def test_a_home_that_is_there_is_kept(environment_without_a_home: Path) -> None:
    assert made(environment_without_a_home, HOME="/somewhere") == "HOME=/somewhere -m streamlit run app.py"
