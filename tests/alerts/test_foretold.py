"""What a rule would have sent is worked out of the ledger, live and replayed apart, with how those signals ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.alerts.delivery import Delivery
from core.alerts.foretold import DAYS, foretold
from core.alerts.limits import Sent, sent_of
from core.alerts.outbox import Outbox
from core.alerts.rules import QuietHours, Rule, SignalSays
from core.alerts.sending import Fate
from core.alerts.sending import Sent as WasSent
from core.domain import Direction, Timeframe
from core.journal.vocabulary import Origin
from core.market.candles import moment_of
from core.model.scores import DAY_MS
from tests.alerts.watched import LIKELY, Watched, says, watched
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import NOON_MS, outcome

NOW_MS = NOON_MS + DAY_MS


@pytest.fixture
def life(place: PlaceMaker) -> Iterator[Watched]:
    with watched(place("simulated-seed1")) as life:
        life.ledger.append(
            [says(0, 0.70), says(1, 0.80), says(2, 0.80), says(3, 0.70), says(4, 0.80, long=0.6, side="proven")]
        )
        life.ledger.append([says(0, 0.70, symbol="ETHUSDT"), says(1, 0.80, symbol="ETHUSDT")])
        life.ledger.append([says(0, 0.70, origin=Origin.REPLAYED), says(1, 0.75, origin=Origin.REPLAYED)])
        life.ledger.append([outcome(4, touched="none", candles_to_touch=None), outcome(7, touched="upper")])
        yield life


def test_it_is_what_would_have_been_told_and_how_that_ended_beside_what_is_usual(life: Watched) -> None:
    found = foretold(life.ledger.database, LIKELY, NOW_MS)
    live, replayed = found[Origin.LIVE], found[Origin.REPLAYED]
    assert (live.signals, live.fired, live.sent.messages) == (7, 3, 2)
    assert [each.total() for each in (live.ended, live.moved, live.sided, live.right)] == [2, 1, 1, 1]
    assert (live.expected, live.usual, live.described) == (pytest.approx(1.6), pytest.approx(1.4), 2)
    assert (replayed.signals, replayed.fired, replayed.moves) == (2, 1, None)


def test_only_the_coins_timeframes_and_days_that_are_asked_for_count(life: Watched) -> None:
    eth = LIKELY.model_copy(update={"symbols": ("ETHUSDT",)})
    assert foretold(life.ledger.database, eth, NOW_MS)[Origin.LIVE].signals == 2
    hours = LIKELY.model_copy(update={"timeframes": (Timeframe.H1,)})
    assert foretold(life.ledger.database, hours, NOW_MS)[Origin.LIVE].signals == 0
    assert foretold(life.ledger.database, LIKELY, NOON_MS + (DAYS + 1) * DAY_MS)[Origin.LIVE].signals == 0


def test_a_side_that_is_not_proven_is_never_counted_as_called(life: Watched) -> None:
    rule = Rule(name="long", condition=SignalSays(side=Direction.LONG))
    assert foretold(life.ledger.database, rule, NOW_MS)[Origin.LIVE].fired == 1


def at(*minutes: int) -> list[int]:
    return [NOON_MS + minute * 60_000 for minute in minutes]


def test_no_more_messages_are_foretold_than_an_hour_may_bring_and_what_is_too_much_comes_in_sum() -> None:
    rule = LIKELY.model_copy(update={"most_an_hour": 1})
    assert sent_of(rule, at(0, 15, 30, 90)) == Sent(3, after_limit=2)
    assert sent_of(rule, at(0, 60, 120)) == Sent(3)
    assert sent_of(rule, []) == Sent()


def test_what_is_held_by_quiet_hours_is_foretold_as_one_message_after_them() -> None:
    rule = LIKELY.model_copy(update={"quiet": QuietHours(begins=12 * 60 + 10, ends=13 * 60)})
    assert sent_of(rule, at(0, 15, 30, 45, 75)) == Sent(3, after_quiet=1)


def test_ends_are_foretold_where_they_are_told(life: Watched) -> None:
    found = foretold(life.ledger.database, LIKELY.model_copy(update={"tell_end": True}), NOW_MS)[Origin.LIVE]
    assert (found.fired, found.ends, found.sent) == (3, 1, Sent(3))


@pytest.mark.slow
@pytest.mark.parametrize("most_an_hour", [1, 2, 12])
def test_what_is_foretold_is_what_is_sent(place: PlaceMaker, most_an_hour: int) -> None:
    """Every second candle fires, for eight hours; messages are held from 13:20 to 14:40."""
    quiet = QuietHours(begins=13 * 60 + 20, ends=14 * 60 + 40)
    rule = LIKELY.model_copy(update={"most_an_hour": most_an_hour, "quiet": quiet})
    sent: list[str] = []

    def send(address: str, title: str, body: str) -> Fate:
        sent.append(title)
        return WasSent()

    with watched(place("simulated-seed1")) as life:
        life.add(rule, "json://127.0.0.1/hook")
        sends = Delivery(Outbox(life.ledger.database), "simulated", life.clock.now, send)
        for minute in range(10 * 60):
            for clock in (life.clock, life.market):
                clock.set(moment_of(NOON_MS) + timedelta(minutes=15 + minute))
            number = minute // 15
            if minute % 15 == 0 and number < 32:
                life.ledger.append([says(number, 0.80 if number % 2 else 0.70)])
            sends.deliver_due()
        found = foretold(life.ledger.database, rule, NOW_MS)[Origin.LIVE].sent
        assert found.messages == len(sent)
        assert found.after_quiet + found.after_limit >= sum("while messages were held" in title for title in sent) > 0
