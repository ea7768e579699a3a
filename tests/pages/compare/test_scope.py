"""Which coins are compared is read from the address, and what of it cannot be is told."""

from __future__ import annotations

from core.domain import Timeframe
from pages.components.compare.scope import PARAMETERS, Compared, read_compared
from pages.components.shared.parameters import unusable_in

KNOWN = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT", "XRPUSDT")


def read(coins: str | None, timeframe: str | None) -> tuple[Compared, list[str]]:
    """What is compared at such an address, and what is told of it."""
    given = {"coins": coins, "timeframe": timeframe}
    address = {name: [value] for name, value in given.items() if value is not None}
    return read_compared(address, KNOWN), [each.text for each in unusable_in(address, PARAMETERS, KNOWN)]


def test_an_address_without_coins_compares_the_two_largest() -> None:
    assert read(None, None) == (Compared(("BTCUSDT", "ETHUSDT"), Timeframe.H1), [])
    assert unusable_in({}, PARAMETERS, ("SOLUSDT",)) == []


def test_coins_may_be_written_as_everywhere_and_each_counts_once() -> None:
    assert read("sol, BTC/USDT,SOLUSDT", "15m") == (Compared(("SOLUSDT", "BTCUSDT"), Timeframe.M15), [])


def test_a_coin_or_timeframe_that_there_is_not_is_told_and_the_rest_is_compared() -> None:
    compared, refused = read("BTC,ETHH,SOL", "7m")
    assert compared == Compared(("BTCUSDT", "SOLUSDT"), Timeframe.H1)
    assert "Did you mean" in refused[0]
    assert "7m" in refused[1]
    assert len(refused) == 2


def test_of_more_than_four_coins_the_first_four_are_compared() -> None:
    compared, refused = read("BTC,ETH,SOL,DOGE,XRP", None)
    assert compared.symbols == KNOWN[:4]
    assert [each.endswith("Expected 2 to 4 coins. The first 4 are shown.") for each in refused] == [True]


def test_one_coin_or_none_is_told_to_be_too_few() -> None:
    for too_few in ("BTC", ""):
        _, refused = read(too_few, None)
        assert [each.endswith("Expected 2 to 4 coins. Nothing is compared.") for each in refused] == [True]
