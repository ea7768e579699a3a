"""What an experiment has learned is the same after it was kept, for training and for evaluation alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from core.domain import Timeframe
from core.learning.experiment import Experiment, Learned, NothingToLearnFrom, learn
from core.learning.folds import shipped_fold
from core.learning.kept import Kept, keep, recall
from core.learning.recipes import RECIPES
from core.learning.windows import TrainingData, Windows
from tests.learning.test_train import QUICK_RECIPES
from tests.made_candles import START_MS

M15 = Timeframe.M15
FOLD = shipped_fold(START_MS, START_MS + 1499 * M15.milliseconds, M15, RECIPES[M15].held_out)
NETWORK = Experiment(M15, FOLD, "network", QUICK_RECIPES[M15], seed=1)
EXPERIMENTS = [NETWORK, replace(NETWORK, learner="trees"), replace(NETWORK, follow=(15, 1.1))]


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
