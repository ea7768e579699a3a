"""What is kept is found again only by the code that made it: the fingerprint follows the imports by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.learning import experiment
from core.learning.assessment import predictions
from core.learning.fingerprint import code_fingerprint, files_behind
from core.settings import PROJECT

BEHIND_EXPERIMENTS = {path.relative_to(PROJECT).as_posix() for path in files_behind(experiment.__name__)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "core", tmp_path / "core", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def fingerprint(project: Path, module: str = experiment.__name__) -> str:
    """Read from disk every time."""
    return code_fingerprint.__wrapped__(module, project)


def test_every_stage_from_candles_to_a_model_is_behind_an_experiment() -> None:
    learning = {
        f"core/learning/{name}.py" for name in ["experiment", "recipes", "folds", "sources", "datasets", "windows"]
    }
    learning |= {f"core/learning/{name}.py" for name in ["network", "trees", "validation", "evaluation"]}
    below = {f"core/{name}.py" for name in ["domain", "market/candles", "signals/labels"]}
    below |= {f"core/model/{name}.py" for name in ["barriers", "features", "network", "novelty", "scaling", "trees"]}
    assert learning | below <= BEHIND_EXPERIMENTS
    assert {path.relative_to(PROJECT).as_posix() for path in files_behind(predictions.__name__)} > BEHIND_EXPERIMENTS


def test_any_change_of_what_is_behind_an_experiment_changes_the_fingerprint(copy: Path) -> None:
    seen = {fingerprint(copy)}
    for name in sorted(BEHIND_EXPERIMENTS):
        file = copy / name
        before = file.read_text()
        file.write_text(f"{before}\n_MORE = 1\n")
        seen.add(fingerprint(copy))
        file.write_text(before)
    assert len(seen) == 1 + len(BEHIND_EXPERIMENTS)


def test_comments_docstrings_and_everything_else_may_change(copy: Path) -> None:
    before = fingerprint(copy)
    for path in (copy / "core").rglob("*.py"):
        behind = path.relative_to(copy).as_posix() in BEHIND_EXPERIMENTS
        path.write_text(path.read_text() + ("\n# a comment\n" if behind else "\n_MORE = 1\n"))
    folds = copy / "core/learning/folds.py"
    folds.write_text(folds.read_text().replace("The test period is the last one.", "The last period is for the test."))
    assert fingerprint(copy) == before
    api = {path for path in BEHIND_EXPERIMENTS if path.startswith(("core/api", "core/learning/assessment"))}
    assert api == set()


def test_a_new_import_is_followed_and_so_is_the_package_it_lies_in(copy: Path) -> None:
    before = fingerprint(copy)
    (copy / "core/api/errors.py").write_text("ANSWER = 42\n")
    assert fingerprint(copy) == before
    recipes = copy / "core/learning/recipes.py"
    recipes.write_text(f"from core.api.errors import ANSWER\n{recipes.read_text()}")
    with_import = fingerprint(copy)
    (copy / "core/api/errors.py").write_text("ANSWER = 43\n")
    assert len({before, with_import, fingerprint(copy)}) == 3
    assert copy / "core/api/__init__.py" in files_behind(experiment.__name__, copy)


def test_other_versions_of_the_libraries_are_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(PROJECT)
    monkeypatch.setattr("core.learning.fingerprint.version", lambda name: "0.0")
    assert fingerprint(PROJECT) != before
