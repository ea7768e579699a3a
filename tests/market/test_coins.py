"""The coin table."""

from __future__ import annotations

import pytest

from core.market.coins import COINS, SYMBOLS, WATCHLIST, Coin, coin_name


def test_there_are_34_different_coins() -> None:
    assert len(WATCHLIST) == len(set(SYMBOLS)) == len({coin.name for coin in WATCHLIST}) == 34
    assert all(symbol.endswith("USDT") for symbol in SYMBOLS)


@pytest.mark.parametrize("coin", WATCHLIST, ids=lambda coin: coin.symbol)
def test_a_tick_is_a_power_of_ten_that_is_small_beside_the_price_and_divides_it(coin: Coin) -> None:
    assert f"{coin.tick:.0e}".startswith("1e")
    assert coin.tick < coin.price / 1000
    assert round(coin.price / coin.tick) * coin.tick == pytest.approx(coin.price, rel=1e-12)


def test_bitcoin_is_the_calmest_coin_and_the_dog_with_a_hat_the_wildest() -> None:
    by_volatility = sorted(WATCHLIST, key=lambda coin: coin.daily_volatility)
    assert by_volatility[0].symbol == "BTCUSDT"
    assert by_volatility[-1].symbol == "WIFUSDT"


def test_a_coin_without_a_name_here_is_called_by_its_ticker() -> None:
    assert coin_name("BTCUSDT") == COINS["BTCUSDT"].name == "Bitcoin"
    assert coin_name("PEPEUSDT") == "PEPE"
