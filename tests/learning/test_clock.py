"""The clock knows the coin and the hour of the week, and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.clock import HOURS, fit_clock, hours_of_week
from tests.made_candles import START_MS

H1 = Timeframe.H1
WEEKS = 40
SIDES = np.array([0.3, 0.4, 0.3])


def coin(chance: np.ndarray, seed: int = 0, season: np.ndarray | None = None) -> pd.DataFrame:
    """So many weeks of hours, each with a chance of a move (hours of the week, or of all of them)."""
    rng = np.random.default_rng(seed)
    moments = START_MS + np.arange(WEEKS * HOURS) * H1.milliseconds
    touched = rng.random(WEEKS * HOURS) < np.resize(chance, WEEKS * HOURS)
    return pd.DataFrame(
        {
            "open_time": pd.to_datetime(moments, unit="ms", utc=True).as_unit("ms"),
            "label": np.where(touched, rng.choice([0, 2], WEEKS * HOURS), 1),
            "split": "train",
            "season1": 0.0 if season is None else season,
        }
    )


def moves(clock, symbol: str, dataset: pd.DataFrame) -> np.ndarray:
    return 1 - clock.probabilities(symbol, dataset, H1, SIDES)[:, 1]


def test_a_clock_tells_restless_hours_and_restless_coins() -> None:
    hours = np.tile(np.where(np.arange(24) < 12, 0.3, 0.7), 7)
    coins = {"CALMUSDT": coin(hours * 0.7, 1), "WILDUSDT": coin(hours, 2)}
    clock = fit_clock(coins, H1)
    shares = moves(clock, "WILDUSDT", coins["WILDUSDT"])
    closes_in_the_morning = (np.arange(len(shares)) % 24) < 12
    assert shares[closes_in_the_morning].mean() == pytest.approx(0.3, abs=0.05)
    assert shares[~closes_in_the_morning].mean() == pytest.approx(0.7, abs=0.05)
    assert moves(clock, "CALMUSDT", coins["CALMUSDT"]).mean() == pytest.approx(0.35, abs=0.05)


def test_a_clock_learns_from_nothing_of_the_test_period() -> None:
    one = coin(np.full(HOURS, 0.4))
    half = len(one) // 2
    one.loc[half:, "split"] = "test"
    other = one.assign(label=np.where(one["split"] == "test", 2, one["label"]))
    np.testing.assert_array_equal(*(moves(fit_clock({"AUSDT": each}, H1), "AUSDT", one) for each in (one, other)))


def test_only_the_clock_that_is_told_reads_the_season() -> None:
    season = np.random.default_rng(5).normal(size=WEEKS * HOURS)
    dataset = coin(1 / (1 + np.exp(-season)), season=season)
    deaf, seasoned = (fit_clock({"AUSDT": dataset}, H1, each) for each in (False, True))
    assert deaf.season == 0
    assert seasoned.season == pytest.approx(1, abs=0.15)


def test_the_sides_share_a_move_as_they_did_before() -> None:
    dataset = coin(np.full(HOURS, 0.5))
    p = fit_clock({"AUSDT": dataset}, H1).probabilities("AUSDT", dataset, H1, np.array([0.1, 0.6, 0.3]))
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(p[:, 2], 3 * p[:, 0])


@pytest.mark.parametrize("always", [0.0, 1.0])
def test_a_market_that_always_does_the_same_has_a_clock_too(always: float) -> None:
    dataset = coin(np.full(HOURS, always))
    assert moves(fit_clock({"AUSDT": dataset}, H1), "AUSDT", dataset) == pytest.approx(always, abs=1e-9)


def test_an_hour_of_the_week_is_that_of_the_close() -> None:
    opens = START_MS + np.array([0, 1, HOURS]) * H1.milliseconds
    first, second, a_week_later = hours_of_week(opens, H1)
    assert (second - first) % HOURS == 1
    assert first == a_week_later
    assert hours_of_week(opens[:1], Timeframe.M15)[0] == (first - 1) % HOURS
