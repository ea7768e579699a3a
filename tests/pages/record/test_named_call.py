"""The call on the candle that an address names, as it was issued, in words and for the chart."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain import Timeframe
from core.journal.judged import StoredOutcome
from core.journal.stored import StoredSignal
from core.journal.vocabulary import Origin
from pages.components.record.named_call import as_issued_sentence, named_among, on_chart
from tests.journal.made_entries import NOON_MS, outcome, signal

STEP = Timeframe.M15.milliseconds


def stored(seq: int = 1, came: dict[str, Any] | None = None, **columns: Any) -> StoredSignal:
    known = None if came is None else StoredOutcome(seq + 1, outcome(seq, **came))
    return StoredSignal(seq, NOON_MS, signal(**columns), known, None)


UPPER = {"touched": "upper", "candles_to_touch": 3}
NEITHER = {"touched": "none", "candles_to_touch": None}


def test_the_barriers_what_was_touched_when_the_side_and_the_verdicts_of_then_are_told() -> None:
    assert as_issued_sentence(stored(came=UPPER), Timeframe.M15, 0.1) == (
        "Barriers as issued: 108,707.4 above, 107,292.8 below, for 16 candles. The upper one was touched first, in the "
        "candle of 2025-09-03 12:45 UTC. As if traded: +0.98 R after fees. Of the side it said: LONG 54.5\u00a0%, SHORT 45.5\u00a0% if it moves. "
        "Verdict then: Trusted; timing proven, side not proven."
    )


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (
            {"touched": "lower", "candles_to_touch": 1},
            "The lower one was touched first, in the candle of 2025-09-03 12:15",
        ),
        ({"touched": "both", "candles_to_touch": 16}, "Both were touched in the candle of 2025-09-03 16:00 UTC."),
        (NEITHER, "Neither was touched."),
    ],
)
def test_every_outcome_has_its_sentence(came: dict[str, Any], expected: str) -> None:
    assert expected in as_issued_sentence(stored(came=came), Timeframe.M15, 0.1)


def test_where_neither_was_touched_it_is_told_what_the_result_comes_from_and_without_a_side_there_is_none() -> None:
    ended = as_issued_sentence(stored(came=NEITHER | {"r": -0.89}), Timeframe.M15, 0.1)
    assert "touched. As if traded, to the close of the horizon's last candle: −0.89 R after fees." in ended
    assert "As if traded" not in as_issued_sentence(stored(came=NEITHER | {"r": None}), Timeframe.M15, 0.1)


def test_of_an_open_call_nothing_is_said_to_have_been_touched() -> None:
    assert "touched" not in as_issued_sentence(stored(), Timeframe.M15, None)
    drawn = on_chart(stored(), Timeframe.M15)
    assert (drawn.touched, drawn.touched_ms, drawn.came) == ((), None, None)


def test_the_chart_gets_the_bracket_and_where_it_was_touched() -> None:
    drawn = on_chart(stored(came=UPPER), Timeframe.M15)
    assert (drawn.at, drawn.upper, drawn.lower, drawn.horizon_candles) == (NOON_MS, 108_707.4, 107_292.8, 16)
    assert (drawn.touched, drawn.touched_ms, drawn.came) == ((108_707.4,), NOON_MS + 3 * STEP, True)
    assert on_chart(stored(came=UPPER, direction="SHORT"), Timeframe.M15).came is False
    both = on_chart(stored(came={"touched": "both", "candles_to_touch": 2}), Timeframe.M15)
    assert both.touched == (108_707.4, 107_292.8)
    assert on_chart(stored(came=NEITHER), Timeframe.M15).touched == ()


def test_of_several_on_one_candle_the_one_of_the_origin_asked_for_is_told_then_one_that_is_known_then_a_live_one() -> (
    None
):
    live_open, live = stored(1), stored(3, UPPER)
    replayed = stored(5, UPPER, origin=Origin.REPLAYED)
    assert named_among([live_open, replayed, live], None) is live
    assert named_among([live_open, replayed], None) is replayed
    assert named_among([live, replayed], Origin.REPLAYED) is replayed
    assert named_among([live], Origin.REPLAYED) is live, "better than none"
    assert named_among([], None) is None
