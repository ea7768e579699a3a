"""What the ledger says of a model is what its metrics.json says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.journal.described import model_entry
from core.market.candles import moment_of
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry
from tests.hand_made_models import publish


@pytest.fixture
def metrics(tmp_path: Path) -> ModelMetrics:
    publish(tmp_path, "BTCUSDT", Timeframe.M15)
    return ModelRegistry(tmp_path).load_metadata("BTCUSDT", "15m")


def test_figures_are_those_of_the_model_and_its_test(metrics: ModelMetrics) -> None:
    entry, test = model_entry(metrics), metrics.test
    assert test is not None
    assert (entry.series, entry.model_version, entry.model_kind) == (
        metrics.series,
        metrics.model_version,
        metrics.kind,
    )
    assert (entry.climatology_long, entry.climatology_short) == (metrics.climatology.LONG, metrics.climatology.SHORT)
    assert (entry.test_n, entry.test_accuracy, entry.test_log_loss) == (test.n, test.accuracy, test.log_loss)
    assert (entry.test_side_skill, entry.test_side_skill_low, entry.test_side_skill_high) == (
        test.direction_skill,
        *test.direction_skill_interval,
    )


def test_what_a_model_has_seen_ends_a_horizon_after_its_last_label(metrics: ModelMetrics) -> None:
    last = max(metrics.periods.train.to, metrics.periods.validation.to)
    assert moment_of(model_entry(metrics).data_until_ms) == last + timedelta(minutes=15 * (1 + metrics.horizon_candles))


def test_a_model_that_was_never_tested_has_no_test_figures(metrics: ModelMetrics) -> None:
    entry = model_entry(metrics.model_copy(update={"test": None}))
    assert {getattr(entry, name) for name in entry.__slots__ if name.startswith("test")} == {None}
