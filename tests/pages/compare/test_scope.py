"""Which coins are compared is read from the address, and what of it cannot be is told."""

from __future__ import annotations

from core.domain import Timeframe
from pages.components.compare.scope import read_compared

KNOWN = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT", "XRPUSDT")


def test_an_address_without_coins_compares_the_two_largest() -> None:
    compared = read_compared(None, None, KNOWN)
    assert (compared.symbols, compared.timeframe, compared.problems) == (("BTCUSDT", "ETHUSDT"), Timeframe.H1, ())
    assert read_compared(None, None, ("SOLUSDT",)).problems == ()


def test_coins_may_be_written_as_everywhere_and_each_counts_once() -> None:
    compared = read_compared("sol, BTC/USDT,SOLUSDT", "15m", KNOWN)
    assert (compared.symbols, compared.timeframe, compared.problems) == (("SOLUSDT", "BTCUSDT"), Timeframe.M15, ())


def test_a_coin_or_timeframe_that_there_is_not_is_told_and_the_rest_is_compared() -> None:
    compared = read_compared("BTC,ETHH,SOL", "7m", KNOWN)
    assert (compared.symbols, compared.timeframe) == (("BTCUSDT", "SOLUSDT"), Timeframe.H1)
    assert "Did you mean" in compared.problems[0]
    assert "7m" in compared.problems[1]


def test_of_more_than_four_coins_the_first_four_are_compared() -> None:
    compared = read_compared("BTC,ETH,SOL,DOGE,XRP", None, KNOWN)
    assert compared.symbols == KNOWN[:4]
    assert compared.problems == ("This address names 5 coins; the first 4 are compared.",)
