from __future__ import annotations

import pytest

from core.domain import Direction, Timeframe
from core.model.metrics import ModelMetrics, validate_metrics
from pages.components.coin.levels_table import level_rows, time_sentence
from tests.hand_made_models import metrics, sealed
from tests.pages.predictions import prediction


def described(**changes: object) -> ModelMetrics:
    return validate_metrics(sealed(metrics("BTCUSDT", Timeframe.H1)) | changes)


def test_a_long_gains_upwards_and_loses_one_r_at_its_stop() -> None:
    rows = {row.name: row for row in level_rows(prediction(Direction.LONG, Direction.LONG))}
    assert [row.r for row in rows.values()] == pytest.approx([3, 2, 1, 0, -1])
    assert rows["Take profit 1"].from_entry == pytest.approx(0.02)
    assert rows["Stop loss"].from_entry == pytest.approx(-0.02)


def test_a_short_mirrors_it() -> None:
    rows = {row.name: row for row in level_rows(prediction(Direction.SHORT, Direction.SHORT))}
    assert [row.r for row in rows.values()] == pytest.approx([3, 2, 1, 0, -1])
    assert rows["Take profit 3"].from_entry == pytest.approx(-0.06)
    assert rows["Stop loss"].from_entry == pytest.approx(0.02)


def test_a_call_of_no_trade_shows_the_levels_of_its_likelier_side() -> None:
    rows = level_rows(prediction(Direction.NO_TRADE, Direction.SHORT))
    assert rows[0].price < rows[-1].price


def test_the_time_to_target_is_told_with_its_quartiles_and_for_the_first_target_only() -> None:
    sentence = time_sentence(prediction(), described())
    assert sentence is not None
    assert "take profit 1" in sentence
    assert "**1 h 45 min**" in sentence
    assert "between 1 h and 2 h 45 min" in sentence


def test_without_quartiles_the_median_is_told_alone_and_without_that_nothing() -> None:
    never = described(time_to_target_minutes={"LONG": None, "SHORT": None})
    assert time_sentence(prediction(), never) == "Time to take profit 1: median **1 h 45 min**."
    assert time_sentence(prediction(minutes_to_target=None), None) is None
