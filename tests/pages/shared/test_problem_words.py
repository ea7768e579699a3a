"""What stands in the place of a signal that there is not."""

from __future__ import annotations

import pytest

from core.domain import Timeframe
from core.findings import (
    AwaitingCandles,
    MarketTrouble,
    Unavailable,
    UnavailableKind,
    UnusableFiles,
)
from pages.components.shared.appearance import problem_word
from tests.pages.fake_board import NOON
from tests.problems import no_model

NO_MODEL, NO_CANDLES = UnavailableKind.NO_MODEL, UnavailableKind.NO_CANDLES


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (no_model("BTCUSDT", Timeframe.M15), "No model"),
        (Unavailable(NO_MODEL, UnusableFiles("metrics.json is not a regular file.")), "Unusable files"),
        (Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated")), "Loading candles"),
        (Unavailable(NO_CANDLES, MarketTrouble("It is down.", since=NOON)), "No answer"),
        (Unavailable(NO_CANDLES, MarketTrouble("It is not traded.")), "No signal"),
    ],
)
def test_a_model_that_cannot_be_read_and_a_market_that_is_silent_are_called_so(problem: Unavailable, word: str) -> None:
    assert problem_word(problem) == word
