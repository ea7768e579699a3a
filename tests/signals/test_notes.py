"""Notes: what a test measured that is no doubt, and that whoever reads its percentages should know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.findings import NotOverTheClock, QuietPromiseBroken, Severity
from core.measured import MeasuredSkill
from core.model.metrics import ModelMetrics
from core.model.promises import Promises
from core.model.registry import ModelRegistry
from core.settings import PROJECT
from core.signals.notes import not_over_the_clock, quiet_promise_broken
from core.signals.trust import model_findings, timing_over_clock, timing_skill
from core.wording.sentences import finding_sentence
from tests.hand_made_models import promises

PROVEN, UNPROVEN = MeasuredSkill(0.05, 0.03, 0.07, 5360), MeasuredSkill(0.01, -0.01, 0.03, 5360)


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[str, Timeframe], ModelMetrics]:
    registry = ModelRegistry(Path(PROJECT / "models"))
    found = registry.statuses(registry.available())
    return {(each.series.symbol, each.series.timeframe): each.metrics for each in found if each.metrics is not None}


def with_moves(metrics: ModelMetrics, *bins: tuple[int, float, float]) -> ModelMetrics:
    """``metrics`` as if its P(move) had promised and kept this."""
    assert metrics.test is not None
    test = metrics.test.model_copy(update={"move": Promises.model_validate(promises(*bins))})
    return metrics.model_copy(update={"test": test})


def test_only_timing_that_the_class_frequencies_prove_and_the_clock_does_not_is_noted() -> None:
    assert not_over_the_clock(PROVEN, UNPROVEN) == NotOverTheClock(UNPROVEN)
    assert not_over_the_clock(PROVEN, replace(UNPROVEN, skill=-0.02, high=-0.01)) is not None
    assert not_over_the_clock(PROVEN, PROVEN) is None
    assert not_over_the_clock(UNPROVEN, UNPROVEN) is None


@pytest.mark.slow
def test_every_shipped_model_whose_timing_the_clock_explains_says_so_in_a_note_with_its_numbers(
    shipped: dict[tuple[str, Timeframe], ModelMetrics],
) -> None:
    for metrics in shipped.values():
        assert metrics.test is not None
        expected = timing_skill(metrics.test).low > 0 >= timing_over_clock(metrics.test).low
        noted = [each for each in model_findings(metrics) if isinstance(each.facts, NotOverTheClock)]
        assert [each.severity for each in noted] == [Severity.NOTE] * expected
        for each in noted:
            sentence = str(finding_sentence(each))
            assert sentence.startswith("Timing is proven over the class frequencies, and not over the clock: ")
            assert f"on {metrics.test.n:,} test candles, 95 % interval" in sentence


@pytest.mark.slow
def test_a_quiet_bin_that_is_off_beyond_the_luck_of_as_many_bins_is_noted_with_its_numbers(
    shipped: dict[tuple[str, Timeframe], ModelMetrics],
) -> None:
    """The hand-made intervals reach 5 points to both sides; those of three bins are stretched by 1.22."""
    btc = shipped["BTCUSDT", Timeframe.M15]
    kept, beyond, near = (300, 0.58, 0.58), (259, 0.507, 0.44), (259, 0.507, 0.4475)
    assert quiet_promise_broken(with_moves(btc, kept, (400, 0.65, 0.65), beyond)) == QuietPromiseBroken(
        0.507, 0.44, pytest.approx(0.39), pytest.approx(0.49), 259, looks=3
    )
    assert quiet_promise_broken(with_moves(btc, kept, (400, 0.65, 0.65), near)) is None, "one of three is off by chance"
    assert quiet_promise_broken(with_moves(btc, near)) is not None, "beyond its own interval, the only one looked at"


@pytest.mark.slow
def test_likely_bins_small_ones_and_tests_of_few_blocks_of_days_are_not_judged(
    shipped: dict[tuple[str, Timeframe], ModelMetrics],
) -> None:
    btc = shipped["BTCUSDT", Timeframe.M15]
    assert quiet_promise_broken(with_moves(btc, (900, 0.83, 0.6))) is None
    assert quiet_promise_broken(with_moves(btc, (99, 0.507, 0.2))) is None
    off = with_moves(btc, (900, 0.507, 0.2))
    period = off.test_period
    short = period.model_copy(update={"to": period.from_ + timedelta(days=19)})
    assert off.tested_as is not None
    periods = off.tested_as.periods.model_copy(update={"test": short})
    assert quiet_promise_broken(off) is not None
    tested_as = off.tested_as.model_copy(update={"periods": periods})
    assert quiet_promise_broken(off.model_copy(update={"tested_as": tested_as})) is None


def test_btc_at_15m_says_that_its_quiet_end_did_not_keep_its_word(
    shipped: dict[tuple[str, Timeframe], ModelMetrics],
) -> None:
    found = quiet_promise_broken(shipped["BTCUSDT", Timeframe.M15])
    assert found is not None and found.promised - found.came_true > 0.1
    (sentence,) = (
        str(finding_sentence(each))
        for each in model_findings(shipped["BTCUSDT", Timeframe.M15])
        if isinstance(each.facts, QuietPromiseBroken)
    )
    assert f"of {found.n:,} test candles on which it said {found.promised:.1%}" in sentence
    assert "one faultless model in twenty looks as bad" in sentence
