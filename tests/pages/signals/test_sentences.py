from __future__ import annotations

from datetime import UTC, datetime

from core.domain import Direction, Timeframe
from core.signals.hours import HourRecord, by_hour
from pages.components.signals.filters import Lift
from pages.components.signals.sentences import board_sentence, empty_sentence
from tests.pages.fake_board import PROVEN, UNPROVEN, WEAK, signal, silent

NOW = datetime(2025, 9, 3, 12, 1, tzinfo=UTC)
LIKELY = signal("BTCUSDT", Direction.LONG, 0.62, timing=PROVEN)  # moves in 81 %, usually in 65 %
QUIET = signal("ETHUSDT", Direction.NO_TRADE, 0.60)
USUAL = signal("SOLUSDT", Direction.NO_TRADE, 0.36)
DOUBTED = signal("DOGEUSDT", Direction.LONG, 0.62, findings=[WEAK])


def test_the_board_is_summed_up_by_what_is_likely_what_is_weak_and_until_when() -> None:
    sentence = board_sentence([LIKELY, QUIET, USUAL, DOUBTED, silent()], NOW)
    assert sentence == (
        "A move is likely for 1 of 3 coins, 5 points or more above usual over all hours. What is usual at this hour is not known yet. 1 model is weak. "
        "Holds until 12:15\u00a0UTC."
    )


def test_of_moves_that_are_called_likely_by_models_without_proven_timing_it_is_said() -> None:
    claimed = signal("ETHUSDT", Direction.LONG, 0.62, timing=UNPROVEN)
    assert "yet. Timing is not proven for 1 of 2. Holds" in board_sentence([LIKELY, claimed, USUAL], NOW)


def test_where_the_hour_is_known_it_says_for_how_many_a_move_is_likely_for_this_hour() -> None:
    assert LIKELY.prediction is not None
    hour = LIKELY.prediction.candle_close_time.hour
    busy = by_hour([HourRecord(LIKELY.series, hour, candles=116, days=29, touched=110, live=0)])
    assert board_sentence([LIKELY, USUAL], NOW, busy).startswith(
        "A move is likely for 1 of 2 coins, 5 points or more above usual over all hours. It is a busy hour: none is as far "
        "above usual at this hour. What is usual at this hour is known of 1 coin so far. Holds"
    )
    slow = by_hour([HourRecord(LIKELY.series, hour, candles=116, days=29, touched=58, live=0)])
    assert board_sentence([LIKELY, USUAL], NOW, slow).startswith(
        "A move is likely for 1 of 2 coins, 5 points or more above usual over all hours; for 1 of them as far above usual at this hour, too. "
        "What is usual at this hour is known of 1 coin so far. Holds"
    )
    every = slow | by_hour([HourRecord(USUAL.series, hour, candles=116, days=29, touched=58, live=0)])
    assert "so far" not in board_sentence([LIKELY, USUAL], NOW, every)


def test_of_an_hour_that_is_not_known_of_each_likely_move_nothing_is_counted() -> None:
    assert LIKELY.prediction is not None
    other = signal("SOLUSDT", Direction.LONG, 0.62, timing=PROVEN)
    slow = by_hour(
        [HourRecord(LIKELY.series, LIKELY.prediction.candle_close_time.hour, 116, days=29, touched=58, live=0)]
    )
    assert board_sentence([LIKELY, other], NOW, slow).startswith(
        "A move is likely for 2 of 2 coins, 5 points or more above usual over all hours. What is usual at this hour is "
        "known of 1 coin so far. Holds"
    )


def test_where_the_hour_tells_nothing_it_is_not_said_that_it_is_not_known() -> None:
    daily = signal("BTCUSDT", Direction.LONG, 0.62, timeframe=Timeframe.D1)
    assert "hour is not known" not in board_sentence([daily], NOW)


def test_a_quiet_board_is_news() -> None:
    both = [QUIET, signal("BTCUSDT", Direction.NO_TRADE, 0.55)]
    assert board_sentence(both, NOW).startswith(
        "Quiet: for all 2 coins a move is 5 points or more below usual over all hours."
    )
    assert board_sentence([QUIET, USUAL], NOW).startswith(
        "No move is 5 points or more likelier than usual over all hours. 1 coin is as far below usual."
    )


def test_a_board_without_signals_says_so() -> None:
    assert board_sentence([silent(), silent("BTCUSDT")], NOW) == "None of 2 coins has a signal."


def test_the_empty_case_names_the_search_where_that_alone_is_on() -> None:
    assert empty_sentence("nosuchcoin", [Lift("search", 3)]) == "No coin here is called “nosuchcoin”."
    both = [Lift("search", 3), Lift("directions", 0)]
    assert empty_sentence("nosuchcoin", both) == "No signal passes these filters together."
