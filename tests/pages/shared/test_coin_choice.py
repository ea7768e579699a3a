from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from pages.components.shared.coin_choice import read_choice

KNOWN = ("ETHUSDT", "BTCUSDT", "1000PEPEUSDT")


def test_an_empty_address_means_the_default_coin_and_timeframe() -> None:
    choice = read_choice(None, "", KNOWN)
    assert (choice.symbol, choice.timeframe, choice.problem) == ("BTCUSDT", Timeframe.H1, "")


def test_a_market_without_the_default_coin_starts_with_its_first() -> None:
    assert read_choice(None, None, ("SOLUSDT", "ETHUSDT")).symbol == "SOLUSDT"


def test_both_problems_are_told_at_once() -> None:
    problem = read_choice("ETHUSD", "1w", KNOWN).problem
    assert "Did you mean 'ETHUSDT'?" in problem
    assert "Choose one of: 15m, 1h, 4h, 1d." in problem


@pytest.mark.slow
@given(st.text(), st.text())
def test_any_address_gives_a_known_coin_and_timeframe_or_a_problem(symbol: str, timeframe: str) -> None:
    choice = read_choice(symbol, timeframe, KNOWN)
    complete = choice.symbol in KNOWN and choice.timeframe in list(Timeframe)
    assert complete == (not choice.problem)
