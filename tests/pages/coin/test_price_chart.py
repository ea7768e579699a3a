from __future__ import annotations

import json

import numpy as np
import pandas as pd

from core.domain import Direction, Timeframe
from core.market.candles import open_times_ms
from pages.components.coin.price_chart import CANDLES_SHOWN, ChartExtras, chart_data
from pages.components.shared.past_calls import PastCalls
from pages.components.shared.said_along import ReplayedShares
from tests.made_candles import make_candles
from tests.pages.predictions import prediction

HOUR_MS = 3_600_000


def chart(candles: pd.DataFrame, **changes: object) -> dict:
    known: dict = {"prediction": None} | changes
    return chart_data(candles, "BTCUSDT", Timeframe.H1, 0.01, **known)


def test_a_gap_in_the_candles_is_a_gap_in_their_numbering() -> None:
    candles = make_candles(10, Timeframe.H1).drop(index=[4, 5]).reset_index(drop=True)
    data = chart(candles)
    assert data["at"] == [0, 1, 2, 3, 6, 7, 8, 9]
    times = [data["start"] + n * data["step"] for n in data["at"]]
    assert times == open_times_ms(candles).tolist()


def test_only_the_newest_candles_are_sent() -> None:
    candles = make_candles(CANDLES_SHOWN + 100, Timeframe.H1)
    data = chart(candles)
    assert len(data["at"]) == len(data["close"]) == CANDLES_SHOWN
    assert data["start"] == open_times_ms(candles)[100]


def test_past_calls_are_marked_on_the_candles_that_are_shown_and_the_key_says_whose_they_are() -> None:
    candles = make_candles(CANDLES_SHOWN + 100, Timeframe.H1)
    times = open_times_ms(candles)
    marks = [{"at": int(times[n]), "long": n > 99, "filled": True} for n in (99, 100)]
    data = chart(candles, extras=ChartExtras(past=PastCalls("replayed", marks)))
    assert data["past"] == marks[1:]
    assert "past replayed calls of a side (▲ LONG, ▼ SHORT), filled where it came" in data["key_line"]
    assert "past" not in chart(candles)["key_line"]


def test_the_message_is_small_and_plain_json() -> None:
    text = json.dumps(chart(make_candles(CANDLES_SHOWN, Timeframe.H1)))
    assert len(text) < 40_000


def test_the_levels_start_where_the_candle_of_the_call_closed_and_end_with_the_horizon() -> None:
    signal = chart(make_candles(50, Timeframe.H1), prediction=prediction())["signal"]
    noon = 1_756_900_800_000  # 2025-09-03 12:00 UTC
    assert (signal["from"], signal["valid"], signal["horizon"]) == (noon, noon + HOUR_MS, noon + 16 * HOUR_MS)
    assert {level["short"]: level["price"] for level in signal["levels"]} == {
        "TP3": 106.0,
        "TP2": 104.0,
        "TP1": 102.0,
        "Entry": 100.0,
        "Stop": 98.0,
    }
    assert not signal["hypothetical"]


def test_levels_of_a_call_of_no_trade_are_marked_as_hypothetical() -> None:
    call = prediction(Direction.NO_TRADE, Direction.SHORT)
    assert chart(make_candles(50, Timeframe.H1), prediction=call)["signal"]["hypothetical"]


def test_whoever_cannot_see_the_chart_is_told_what_it_shows() -> None:
    candles = make_candles(50, Timeframe.H1)
    summary = chart(candles, prediction=prediction())["summary"]
    for part in ("BTCUSDT", "50 candles of 1h", f"Last close {candles['close'].iloc[-1]:,.2f}", "stop loss 98.00"):
        assert part in summary


def test_without_a_side_the_chart_shows_the_bracket_alone_and_says_so() -> None:
    shown = chart(make_candles(50, Timeframe.H1), prediction=prediction(), bracket=True)
    assert [(each["short"], each["price"]) for each in shown["signal"]["levels"]] == [
        ("Upper", 102.0),
        ("Close", 100.0),
        ("Lower", 98.0),
    ]
    assert not shown["signal"]["hypothetical"]
    assert "Bracket: 102.00 above, 98.00 below." in shown["summary"]


def test_a_volume_of_zero_stays_zero_and_others_keep_four_digits() -> None:
    candles = make_candles(3, Timeframe.H1).assign(volume=np.array([0.0, 123456.789, 0.000123456]))
    assert chart(candles)["volume"] == [0.0, 123500.0, 0.0001235]


# ---------------------------------------------------------------- what the model said along the way


def along(candles: pd.DataFrame, learned_candles: int = 0) -> ReplayedShares:
    """Said of the last ten candles: LONG 0.30, SHORT 0.41 on each."""
    times = pd.DatetimeIndex(candles["open_time"].tail(10))
    shares = pd.DataFrame({"SHORT": 0.41, "NO_TRADE": 0.29, "LONG": 0.3}, index=times)
    return ReplayedShares(shares, 0.684, candles["open_time"].iloc[learned_candles].to_pydatetime())


def test_what_the_model_says_of_each_candle_stands_under_it_and_is_called_replayed() -> None:
    candles = make_candles(50, Timeframe.H1)
    data = chart(candles, extras=ChartExtras(replayed=along(candles)))
    assert data["said"]["long"] == [None] * 40 + [0.3] * 10
    assert data["said"]["short"][-1] == 0.41
    assert data["said"]["usual"] == 0.684
    assert data["pane_titles"]["move"] == "P(move), replayed · dashed: usually 68\u00a0%"
    assert "learned from" not in data["key_line"]


def test_where_candles_were_learned_from_the_key_says_why_nothing_is_said_of_them() -> None:
    candles = make_candles(50, Timeframe.H1)
    data = chart(candles, extras=ChartExtras(replayed=along(candles, learned_candles=20)))
    assert "P(move) begins after the candles that the model learned from." in data["key_line"]


def test_a_candle_that_is_asked_for_is_marked_and_one_that_is_too_old_is_said_to_be() -> None:
    candles = make_candles(50, Timeframe.H1)
    times = open_times_ms(candles)
    assert chart(candles, extras=ChartExtras(marked=int(times[7])))["marked"] == times[7]
    older = chart(candles, extras=ChartExtras(marked=int(times[0]) - HOUR_MS))
    assert older["marked"] is None
    assert "Bracket" not in older["key_line"]


def test_a_picture_says_what_it_shows_whose_prices_and_until_when() -> None:
    candles = make_candles(50, Timeframe.H1)
    title = chart(candles, extras=ChartExtras(market="simulated prices"))["title"]
    end = candles["open_time"].iloc[-1] + pd.Timedelta(hours=1)
    assert title == f"BTCUSDT · 1h · simulated prices · until {end:%Y-%m-%d %H:%M} UTC"
