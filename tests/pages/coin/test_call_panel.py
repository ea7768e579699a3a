from __future__ import annotations

from datetime import UTC, datetime

from core.domain import Direction, Series, Timeframe
from core.findings import Trust
from core.signals.board import Signal
from pages.components.coin.call_panel import call_data, meaning
from tests.pages.fake_board import PROVEN, STALE, UNPROVEN, WEAK, signal
from tests.pages.predictions import prediction

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)


def test_the_probabilities_are_explained_by_which_price_is_touched_first() -> None:
    assert meaning(prediction(Direction.LONG, Direction.LONG), 0.1) == (
        "Of 100 cases like this one, the model expects the price to touch 102.0 first in about 45, "
        "98.0 first in 25, and neither within 16 candles in 30."
    )


def test_the_upper_price_of_a_short_is_its_stop() -> None:
    assert "touch 102.0 first in about 25, 98.0 first in 45" in meaning(
        prediction(Direction.SHORT, Direction.SHORT), 0.1
    )


def test_the_three_numbers_of_the_explanation_add_up_to_100_and_the_two_of_a_move_to_what_the_headline_says() -> None:
    thirds = {Direction.LONG: 0.335, Direction.NO_TRADE: 0.33, Direction.SHORT: 0.335}
    assert "about 34, 98.0 first in 33, and neither within 16 candles in 33" in meaning(
        prediction(probabilities=thirds), 0.1
    )


def test_the_call_goes_to_the_browser_with_its_price_its_candle_and_its_end() -> None:
    called = prediction()
    signal = Signal(called.series, called, 101.0, -0.012, (100.0, 101.0))
    data = call_data(signal, 0.1, "CNN-LSTM", NOON)
    assert data["valid_until"] / 1000 - NOON.timestamp() == 3600
    assert data["candle"] == "2025-09-03 11:00–12:00 UTC"
    assert (data["price"], data["change"], data["falling"]) == ("101.0", "−1.20\u00a0%", True)
    assert data["priced"] == f"{called.series.timeframe} close"


def test_the_price_is_that_of_the_coins_shortest_timeframe_and_says_so() -> None:
    called = prediction()
    newest = Signal(Series("BTCUSDT", Timeframe.M15), None, 102.5, 0.01, ())
    data = call_data(Signal(called.series, called, 101.0, -0.012, ()), 0.1, "CNN-LSTM", NOON, priced=newest)
    assert (data["price"], data["change"], data["priced"]) == ("102.5", "+1.00\u00a0%", "15m close")


def test_a_doubt_is_named_over_the_call_and_a_weak_model_is_quiet() -> None:
    def data(shown: Signal) -> dict[str, object]:
        return call_data(shown, 0.1, "CNN-LSTM", NOON)

    weak, stale, sound = (data(signal(findings=found)) for found in ([WEAK], [STALE], []))
    assert (weak["doubt"], weak["weak"]) == ("✕ Weak model: do not rely on this signal", True)
    assert (stale["doubt"], stale["weak"]) == ("! Stale candles", False)
    assert (sound["doubt"], sound["weak"]) == (None, False)


def test_the_move_and_the_side_go_with_what_is_proven_of_each() -> None:
    called = prediction(Direction.SHORT, Direction.SHORT, trust=Trust((), timing=PROVEN, side=UNPROVEN))
    data = call_data(Signal(called.series, called, 101.0, None, ()), 0.1, "CNN-LSTM", NOON)
    assert (data["move"]["share"], data["move"]["proof"], data["band"]) == ("70\u00a0%", "proven", "Move likely")
    assert (data["side"]["text"], data["side"]["proof"]) == ("side unclear", "unproven")
    assert (data["bracket"], data["replaced"]) == ("98.0\u00a0– 102.0", "13:00\u00a0UTC")
