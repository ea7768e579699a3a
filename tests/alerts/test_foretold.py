"""What a rule would have sent is worked out of the ledger, live and replayed apart, with how those signals ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.alerts.foretold import DAYS, foretold
from core.alerts.rules import Rule, SignalSays
from core.domain import Direction, Timeframe
from core.journal.vocabulary import Origin
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
    assert (live.signals, live.fired, live.messages) == (7, 3, 2)
    assert (live.ended, live.moved, live.sided, live.right) == (2, 1, 1, 1)
    assert (live.expected, live.usual, live.described) == (pytest.approx(1.6), pytest.approx(1.4), 2)
    assert (replayed.signals, replayed.fired, replayed.ended) == (2, 1, 0)


def test_only_the_coins_timeframes_and_days_that_are_asked_for_count(life: Watched) -> None:
    eth = LIKELY.model_copy(update={"symbols": ("ETHUSDT",)})
    assert foretold(life.ledger.database, eth, NOW_MS)[Origin.LIVE].signals == 2
    hours = LIKELY.model_copy(update={"timeframes": (Timeframe.H1,)})
    assert foretold(life.ledger.database, hours, NOW_MS)[Origin.LIVE].signals == 0
    assert foretold(life.ledger.database, LIKELY, NOON_MS + (DAYS + 1) * DAY_MS)[Origin.LIVE].signals == 0


def test_a_side_that_is_not_proven_is_never_counted_as_called(life: Watched) -> None:
    rule = Rule(name="long", condition=SignalSays(side=Direction.LONG))
    assert foretold(life.ledger.database, rule, NOW_MS)[Origin.LIVE].fired == 1
