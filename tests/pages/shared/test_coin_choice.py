from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from pages.components.shared import coin_choice
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


@pytest.mark.parametrize(
    ("at", "moves", "leads_to"),
    [("ETHUSDT", 1, "BTCUSDT"), ("SOLUSDT", 1, "SOLUSDT"), ("ETHUSDT", 0, "ETHUSDT")],
)
def test_a_widget_that_was_drawn_for_another_address_does_not_lead_back(
    at: str, moves: int, leads_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ETH was drawn: a choice of BTC leads there, unless the browser has gone on to SOL and never saw ETH's widgets, or
    the choice is still that of the widgets before these."""
    address: dict[str, Any] = {"symbol": at, "timeframe": "1h"}
    state = {"choice": "BTCUSDT", coin_choice._DRAWN: ("ETHUSDT", "1h"), coin_choice._MOVES: 1}
    monkeypatch.setattr(coin_choice, "st", SimpleNamespace(query_params=address, session_state=state))
    coin_choice._follow("symbol", "choice", moves)
    assert address["symbol"] == leads_to


def test_another_address_has_widgets_of_its_own_and_a_choice_in_them_keeps_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the focus stays in the widget that somebody chooses with."""
    address: dict[str, Any] = {"symbol": "ETHUSDT", "timeframe": "1h"}
    state: dict[str, Any] = {}
    monkeypatch.setattr(coin_choice, "st", SimpleNamespace(query_params=address, session_state=state))
    drawn = coin_choice._count_moves()
    state |= {coin_choice._DRAWN: ("ETHUSDT", "1h"), "choice": "BTCUSDT"}
    coin_choice._follow("symbol", "choice", drawn)
    assert coin_choice._count_moves() == drawn
    address["symbol"] = "SOLUSDT"
    assert coin_choice._count_moves() == drawn + 1
