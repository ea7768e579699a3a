"""What an experiment has learned is the same after it was kept, and is found again only by the code that made it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from core.domain import Timeframe
from core.learning import experiment
from core.learning.assessment import predictions
from core.learning.datasets import shipped_fold
from core.learning.experiment import Experiment, Learned, NothingToLearnFrom, learn
from core.learning.kept import Kept, code_fingerprint, keep, recall
from core.learning.recipes import RECIPES
from core.learning.windows import TrainingData, Windows
from core.settings import PROJECT
from core.source_code import files_behind
from tests.learning.test_train import QUICK_RECIPES
from tests.made_candles import START_MS

M15 = Timeframe.M15
FOLD = shipped_fold(START_MS, START_MS + 1499 * M15.milliseconds, M15, RECIPES[M15].held_out)
NETWORK = Experiment(M15, FOLD, "network", QUICK_RECIPES[M15], seed=1)
EXPERIMENTS = [
    NETWORK,
    replace(NETWORK, learner="trees"),
    replace(NETWORK, follow=(QUICK_RECIPES[M15].network.steps, 1.1)),
]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=["network", "trees", "network that follows another"])
def test_what_is_read_back_speaks_as_what_was_kept(
    experiment: Experiment, datasets: list[pd.DataFrame], windows: dict[str, Windows], tmp_path: Path
) -> None:
    learned = learn(experiment, TrainingData(dict(zip(("AAAUSDT", "BBBUSDT"), datasets, strict=True))))
    keep(learned, tmp_path / "kept" / "it.pt")
    again = recall(tmp_path / "kept" / "it.pt")
    assert again is not None
    np.testing.assert_array_equal(again.logits(windows["test"]), learned.logits(windows["test"]))
    np.testing.assert_array_equal(again.scaling.mean, learned.scaling.mean)
    assert (again.temperature, again.length) == (learned.temperature, learned.length)
    assert_same_validation(again, learned)
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["it.pt"]


def assert_same_validation(one: Learned[Any], other: Learned[Any]) -> None:
    if one.validation is None or other.validation is None:
        assert one.validation is other.validation is None
        return
    assert np.unique(one.validation.coins).tolist() == ["AAAUSDT", "BBBUSDT"]
    for name in ("coins", "labels", "blocks", "logits", "temperature"):
        np.testing.assert_array_equal(getattr(one.validation, name), getattr(other.validation, name))


def test_what_is_torn_or_foreign_or_not_there_is_made_anew(tmp_path: Path) -> None:
    assert recall(tmp_path / "nothing.pt") is None
    (tmp_path / "torn.pt").write_bytes(b"PK torn")
    assert recall(tmp_path / "torn.pt") is None
    torch.save({"network": 3}, tmp_path / "foreign.pt")
    assert recall(tmp_path / "foreign.pt") is None


def test_another_seed_fold_recipe_or_condition_or_other_candles_are_kept_elsewhere(tmp_path: Path) -> None:
    store = Kept(tmp_path)
    others = [
        replace(NETWORK, seed=2),
        replace(NETWORK, fold=replace(FOLD, end=FOLD.end - 1)),
        replace(NETWORK, recipe=replace(NETWORK.recipe, prior_strength=0.2)),
        replace(NETWORK, shuffled=True),
        replace(NETWORK, follow=(15, 1.0)),
    ]
    files = {store.file(each, "these candles") for each in (NETWORK, *others)} | {store.file(NETWORK, "other candles")}
    assert len(files) == 7
    assert store.file(NETWORK, "these candles") in files


def test_without_a_labelled_candle_in_a_period_there_is_nothing_to_learn_from(datasets: list[pd.DataFrame]) -> None:
    only_training = datasets[0][datasets[0]["split"] == "train"]
    with pytest.raises(NothingToLearnFrom, match="No coin has labelled 15m candles"):
        learn(NETWORK, TrainingData({"AAAUSDT": only_training}))


BEHIND_EXPERIMENTS = {path.relative_to(PROJECT).as_posix() for path in files_behind(experiment.__name__)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "core", tmp_path / "core", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def fingerprint(project: Path, module: str = experiment.__name__) -> str:
    """Read from disk every time."""
    return code_fingerprint.__wrapped__(module, project)


def test_every_stage_from_candles_to_a_model_is_behind_an_experiment() -> None:
    learning = {f"core/learning/{name}.py" for name in ["experiment", "recipes", "sources", "datasets", "windows"]}
    learning |= {f"core/learning/{name}.py" for name in ["network", "trees", "validation", "evaluation"]}
    below = {f"core/{name}.py" for name in ["domain", "market/candles", "signals/labels"]}
    below |= {f"core/model/{name}.py" for name in ["barriers", "features", "network", "novelty", "scaling", "trees"]}
    assert learning | below <= BEHIND_EXPERIMENTS
    behind_predictions = {path.relative_to(PROJECT).as_posix() for path in files_behind(predictions.__name__)}
    assert behind_predictions > BEHIND_EXPERIMENTS
    assert {f"core/learning/assessment/{name}.py" for name in ["one_forest", "usual_recipe"]} <= behind_predictions


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
    datasets = copy / "core/learning/datasets.py"
    datasets.write_text(
        datasets.read_text().replace("The test period is the last one.", "The last period is for the test.")
    )
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
    monkeypatch.setattr("core.learning.kept.version", lambda name: "0.0")
    assert fingerprint(PROJECT) != before
