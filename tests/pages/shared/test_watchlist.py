from __future__ import annotations

from pages.components.shared.watchlist import MINE, coins_in, is_among


def test_a_watchlist_in_an_address_is_read_however_its_coins_are_written() -> None:
    assert coins_in("BTCUSDT,eth sol/usdt") == {"BTCUSDT", "ETH", "SOLUSDT"}
    assert coins_in("") == coins_in(" , ") == coins_in("<b>") == frozenset()


def test_a_coin_is_among_the_watched_by_its_symbol_or_its_ticker_and_among_all_where_none_are_named() -> None:
    assert is_among("ETHUSDT", {"ETH"})
    assert is_among("ETHUSDT", {"ETHUSDT"})
    assert not is_among("ETHUSDT", {"BTC"})
    assert is_among("ETHUSDT", frozenset())


def test_whose_list_is_meant_the_browser_that_opens_it_says() -> None:
    assert coins_in(MINE) == frozenset()
