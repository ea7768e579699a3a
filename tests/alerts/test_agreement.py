"""A rule of several timeframes at once fires once for a coin, and counts them as the confluence does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from core.alerted import Agreement
from core.alerts.foretold import foretold
from core.alerts.observing import Reading, agreement_of, seen_in_agreement
from core.alerts.rules import Rule, TimeframesAgree
from core.alerts.spoken import holds_at
from core.alerts.states import Seen, State
from core.alerts.told import newest_alerts
from core.domain import Direction, Timeframe
from core.findings import Trust
from core.journal.issued import signal_entry
from core.journal.vocabulary import MissingReason, Origin
from core.model.scores import DAY_MS
from core.signals.confluence import confluence
from core.wording.alerts import alert_lines
from core.wording.style import PLAIN
from tests.alerts.watched import USUAL, Watched, says, watched
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import NOON_MS, model, silence
from tests.signals.test_confluence import PROVEN, UNPROVEN, WEAK, WORSE, moving

M15, H1, H4, D1 = Timeframe
TWO = Rule(name="two", condition=TimeframesAgree(expected_on=2))


def current(**moves: float) -> dict[Timeframe, Reading]:
    """What each timeframe says; usual is 70 %."""
    return {Timeframe(name[1:]): Reading.of(says(0, move), 0.7) for name, move in moves.items()}


@pytest.fixture
def life(place: PlaceMaker) -> Iterator[Watched]:
    """On an hour that has begun at noon all timeframes but 1d have a model."""
    with watched(place("simulated-seed1")) as life:
        life.ledger.append([model(timeframe=timeframe.value, **USUAL) for timeframe in (H1, H4)])
        yield life


def hour(move: float, number: int = -1, timeframe: Timeframe = H1, **changes):
    """A signal on the hour, or four of them, that ends at noon."""
    return says(number, move, timeframe=timeframe, **changes)


def test_a_move_is_expected_on_as_many_timeframes_as_the_confluence_counts() -> None:
    asked = TimeframesAgree(expected_on=2)
    assert seen_in_agreement(asked, current(_15m=0.75, _1h=0.75, _4h=0.7)) is Seen.MEETS
    assert seen_in_agreement(asked, current(_15m=0.75, _1h=0.735)) is Seen.HOLDS
    assert seen_in_agreement(asked, current(_15m=0.75, _1h=0.7)) is Seen.LEAVES
    doubted = {M15: Reading.of(says(0, 0.8), 0.7), H1: Reading.of(says(0, 0.8, severity="critical"), 0.7)}
    worse = {H4: Reading.of(says(0, 0.8, timing="worse"), 0.7), D1: Reading.of(says(0, 0.8), None)}
    assert agreement_of(asked, doubted | worse) == Agreement((M15, H4, D1), (M15,), None, ())


@pytest.mark.parametrize("likely", [0b0000, 0b0101, 0b1011, 0b1111])
def test_a_move_is_expected_where_the_confluence_that_pages_show_expects_one(likely: int) -> None:
    trusts = Trust(timing=PROVEN), Trust(timing=WORSE), Trust(timing=UNPROVEN), Trust(WEAK.findings, timing=PROVEN)
    predictions = {
        timeframe: moving(0.75 if likely >> place & 1 else 0.65, trust)
        for place, (timeframe, trust) in enumerate(zip(Timeframe, trusts, strict=True))
    }
    read = {
        timeframe: Reading.of(signal_entry(each, "0123456789ab"), each.usual_move_probability)
        for timeframe, each in predictions.items()
    }
    assert agreement_of(TimeframesAgree(expected_on=1), read).expected == confluence(predictions).move.expected


def test_a_side_is_asked_for_apart_and_counts_only_where_it_is_proven() -> None:
    asked = TimeframesAgree(side=Direction.LONG, sided_on=2)
    proven, unproven = (Reading.of(says(0, 0.5, long=0.6, side=side), 0.7) for side in ("proven", "unproven"))
    assert seen_in_agreement(asked, {M15: proven, H1: proven}) is Seen.MEETS
    assert seen_in_agreement(asked, {M15: proven, H1: unproven}) is Seen.LEAVES


@pytest.mark.slow
def test_it_fires_once_for_a_coin_whichever_timeframe_makes_it_true(life: Watched) -> None:
    life.add(TWO)
    life.ledger.append([hour(0.8), says(-1, 0.7)])
    assert life.alerts() == []
    life.ledger.append([says(0, 0.8)])
    life.ledger.append([says(1, 0.8)])
    assert life.alerts() == [(1, "fired", "BTCUSDT 15m", "waiting")]
    assert life.book.rules()[0].states == {State.FIRING: 1}
    [record] = newest_alerts(life.ledger.database, 9)
    assert record.alert.beside == Agreement((M15, H1), (M15, H1), None, ())
    assert alert_lines([record.alert], PLAIN)[0].text == (
        "BTC: a move is likely on 15m, 1h (2 of 2 timeframes) (12:15 UTC, alert 1-7)"
    )


@pytest.mark.slow
def test_a_longer_timeframe_that_comes_a_little_later_than_a_shorter_one_ends_nothing(life: Watched) -> None:
    life.add(TWO.model_copy(update={"tell_end": True}))
    life.ledger.append([hour(0.7), says(-1, 0.7)])
    life.ledger.append([says(0, 0.7)])
    life.ledger.append([says(3, 0.8)])
    life.ledger.append([hour(0.8, 0)])
    assert [alert[1] for alert in life.alerts()] == ["fired"]
    life.ledger.append([says(4, 0.8)])
    life.ledger.append([says(7, 0.8)])
    life.ledger.append([hour(0.8, 1)])
    assert [alert[1] for alert in life.alerts()] == ["fired"]
    life.ledger.append([says(8, 0.7)])
    assert [alert[1] for alert in life.alerts()] == ["fired", "ended"]


@pytest.mark.slow
def test_candles_in_a_row_are_those_of_the_shortest_timeframe(life: Watched) -> None:
    life.add(TWO.model_copy(update={"candles": 2, "timeframes": (M15, H1)}))
    life.ledger.append([says(2, 0.7)])
    life.ledger.append([says(3, 0.8)])
    life.ledger.append([hour(0.8, 0)])
    life.ledger.append([hour(0.8, 0, H4)])
    assert life.book.rules()[0].states == {State.PENDING: 1}
    life.ledger.append([says(4, 0.8)])
    assert len(life.alerts()) == 1


def test_a_silent_feed_mutes_it_and_what_nobody_replaced_in_time_counts_no_more(life: Watched) -> None:
    life.add(TWO)
    life.ledger.append([says(-1, 0.7), hour(0.8)])
    down = {"reason": MissingReason.FEED_DOWN}
    life.ledger.append([silence(0, **down), silence(0, timeframe="1h", **down)])
    assert life.alerts() == [(1, "went_silent", "BTCUSDT 15m", "waiting")]
    life.ledger.append([says(4, 0.8)])
    assert life.book.rules()[0].states == {State.NORMAL: 1}
    assert [holds_at(NOON_MS, H1, NOON_MS + hours * H1.milliseconds) for hours in range(4)] == [
        False,
        True,
        True,
        False,
    ]


def test_what_it_would_have_told_is_worked_out_in_the_order_of_time(life: Watched) -> None:
    replayed = {"origin": Origin.REPLAYED}
    life.ledger.append([says(number, move, **replayed) for number, move in enumerate((0.7, 0.8, 0.8, 0.8, 0.7))])
    life.ledger.append([hour(0.7, **replayed), hour(0.8, 0, **replayed)])
    found = foretold(life.ledger.database, TWO, NOON_MS + DAY_MS)[Origin.REPLAYED]
    assert (found.signals, found.fired, found.sent.messages) == (7, 1, 1)


def test_a_rule_that_asks_for_more_timeframes_than_it_looks_at_does_not_exist() -> None:
    with pytest.raises(ValidationError, match="asks for 3 timeframes at once and looks at 2"):
        Rule(name="three", timeframes=(M15, H1), condition=TimeframesAgree(expected_on=3))
    with pytest.raises(ValidationError, match="asks for nothing"):
        TimeframesAgree()
