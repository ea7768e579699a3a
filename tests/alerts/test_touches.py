"""A rule of touches tells what became of a signal once its horizon has ended, of live signals and of each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.alerts.foretold import foretold
from core.alerts.rules import BarrierTouched, Rule
from core.alerts.states import State
from core.alerts.told import newest_alerts
from core.journal.entries import OutcomeEntry
from core.journal.sheets import Sheet
from core.journal.vocabulary import MissingReason, Origin
from core.model.scores import DAY_MS
from core.signals.outcomes import Touched
from core.wording.alerts import alert_lines
from core.wording.style import PLAIN
from tests.alerts.watched import Watched, says, watched
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import NOON_MS, outcome, silence

ANY = Rule(name="touched", condition=BarrierTouched())


@pytest.fixture
def life(place: PlaceMaker) -> Iterator[Watched]:
    with watched(place("simulated-seed1")) as life:
        life.ledger.append([says(0, 0.8), says(1, 0.7), says(2, 0.7, origin=Origin.REPLAYED)])
        yield life


def test_touches_of_live_signals_are_told_with_what_the_signal_had_said(life: Watched) -> None:
    life.add(ANY)
    life.add(ANY.model_copy(update={"condition": BarrierTouched(barrier="lower")}))
    life.add(ANY.model_copy(update={"condition": BarrierTouched(above_usual=0.05)}))
    life.ledger.append([outcome(3), outcome(4), outcome(5)])
    assert [alert[0] for alert in life.alerts()] == [1, 3, 1]
    record = next(each for each in newest_alerts(life.ledger.database, 9) if each.alert.name == "1-6")
    assert record.touched is Touched.UPPER
    assert alert_lines([record.alert], PLAIN)[0].text == (
        "BTC 15m: the upper barrier was touched first, in candle 3 of the 16 after the signal of 2025-09-03 12:15 UTC; "
        "that signal had said: P(move) 80%, usually 70%; side unclear; trusted (16:15 UTC, alert 1-6)"
    )


def test_outcomes_that_are_written_by_the_column_are_told_as_others(life: Watched) -> None:
    life.add(ANY)
    life.ledger.append(Sheet.of_entries(OutcomeEntry, [outcome(3), outcome(4), outcome(5)]))
    assert [(alert[0], alert[1]) for alert in life.alerts()] == [(1, "fired"), (1, "fired")]


def test_neither_a_correction_nor_a_candle_that_touched_nothing_or_both_is_told(life: Watched) -> None:
    life.add(ANY)
    life.ledger.append([outcome(3, touched="none", candles_to_touch=None), outcome(4, touched="both")])
    life.ledger.append([outcome(3, follows=6)])
    assert life.alerts() == []


def test_what_was_found_long_after_its_horizon_is_recorded_and_not_sent(life: Watched) -> None:
    life.add(ANY)
    life.market.advance(timedelta(hours=4))
    life.ledger.append([outcome(3)])
    life.market.advance(timedelta(days=1))
    life.ledger.append([outcome(4)])
    assert [alert[3] for alert in life.alerts()] == ["waiting", "late"]


def test_a_silent_feed_is_told_of_instead(life: Watched) -> None:
    life.add(ANY)
    life.ledger.append([says(2, 0.7)])
    life.ledger.append([silence(3, reason=MissingReason.FEED_DOWN)])
    assert [alert[1] for alert in life.alerts()] == ["went_silent"]
    assert life.book.rules()[0].states == {State.NO_DATA: 1}


def test_what_it_would_have_told_stands_beside_all_signals_that_were_as_likely(life: Watched) -> None:
    life.ledger.append([outcome(3), outcome(4, touched="none", candles_to_touch=None), outcome(5)])
    of = foretold(life.ledger.database, ANY, NOON_MS + DAY_MS)
    live = of[Origin.LIVE]
    assert (live.signals, live.fired, live.expected) == (2, 1, pytest.approx(1.5))
    assert (live.ended.total(), live.moved.total()) == (2, 1)
    assert of[Origin.REPLAYED].fired == 1
    rare = ANY.model_copy(update={"condition": BarrierTouched(move_at_least=0.9)})
    assert foretold(life.ledger.database, rare, NOON_MS + DAY_MS)[Origin.LIVE].moves is None
