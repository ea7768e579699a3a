"""Every command can be run by its name and by its path, and says what it needs where that is not installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
COMMANDS = [path for path in sorted((PROJECT / "scripts").glob("*.py")) if '"__main__"' in path.read_text()]
TRAINING_PACKAGES = ("dask", "distributed", "lightgbm", "tqdm")

WITHOUT_PACKAGES = """
import runpy, sys
sys.modules.update(dict.fromkeys({missing}))
sys.argv = [{name!r}, "--help"]
runpy.run_module("scripts." + {name!r}, run_name="__main__")
"""


def run(*command: str | Path, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, *map(str, command)]
    return subprocess.run(whole, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def run_without(packages: tuple[str, ...], name: str) -> subprocess.CompletedProcess[str]:
    """What the command does where ``packages`` are not installed."""
    return run("-c", WITHOUT_PACKAGES.format(missing=packages, name=name))


@pytest.mark.slow
def test_a_command_runs_by_its_name() -> None:
    ended = run("-m", "scripts.map", "core/model")
    assert ended.returncode == 0, ended.stderr
    assert "registry.py" in ended.stdout


@pytest.mark.slow
def test_a_command_runs_by_its_path_from_any_folder(tmp_path: Path) -> None:
    ended = run(PROJECT / "scripts" / "map.py", "core/model", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "registry.py" in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_each_command_finds_the_project_before_it_imports_from_it(path: Path) -> None:
    """Run by its path, Python would look for ``core`` beside the script."""
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    lines = [ast.unparse(each) for each in statements]
    ours = [place for place, line in enumerate(lines) if line.startswith(("from core", "from scripts", "from pages"))]
    assert not ours or "if not __package__:\n    import run_by_path" in lines[: ours[0]]


@pytest.mark.parametrize("name", ["train_models", "evaluate_models"])
def test_training_without_its_packages_ends_with_what_to_install(name: str) -> None:
    ended = run_without(TRAINING_PACKAGES, name)
    assert ended.returncode == 2
    assert "pip install -r requirements-train.txt" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_recording_candles_needs_its_progress_bar_only() -> None:
    ended = run_without(("dask", "distributed", "lightgbm"), "download_candles")
    assert ended.returncode == 0, ended.stderr
    ended = run_without(("tqdm",), "download_candles")
    assert ended.returncode == 2
    assert ended.stderr.startswith("tqdm: not installed, and this command needs it.")


def test_one_missing_package_is_named_alone() -> None:
    ended = run_without(("distributed",), "train_models")
    assert ended.returncode == 2
    assert ended.stderr.startswith("distributed: not installed")
