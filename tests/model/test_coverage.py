from __future__ import annotations

from pathlib import Path

from core.domain import Timeframe
from core.model.registry import NETWORK_FILE, ModelRegistry
from tests.hand_made_models import publish
from tests.problems import RULE, no_model_text, reason_of_model


def test_a_missing_model_is_told_with_the_rule_first_and_how_to_train_one_after_it(tmp_path: Path) -> None:
    reason = reason_of_model(ModelRegistry(tmp_path).status("UNIUSDT", "1d"))
    assert reason is not None
    assert reason.startswith(no_model_text("UNIUSDT", Timeframe.D1))
    assert f" Train one into {tmp_path / 'UNIUSDT' / '1d'} with: python scripts/train_models.py" in reason


def test_a_model_that_lacks_a_file_is_incomplete_whatever_the_rule_says(tmp_path: Path) -> None:
    folder = publish(tmp_path, "UNIUSDT", Timeframe.D1)
    (folder / NETWORK_FILE).unlink()
    reason = reason_of_model(ModelRegistry(tmp_path).status("UNIUSDT", "1d"))
    assert reason is not None
    assert reason.startswith("The model of UNIUSDT on 1d is incomplete: it lacks ")
    assert RULE not in reason
