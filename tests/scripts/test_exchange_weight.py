"""The local exchange charges for requests as Binance does, and refuses whoever asks for more."""

from __future__ import annotations

from scripts.exchange_weight import BANNED_AFTER, HEADER, RequestLimit, weight_of


def test_candles_are_charged_for_by_how_many_are_asked_for_and_all_else_costs_one() -> None:
    charged = [weight_of("/fapi/v1/klines", {"limit": str(limit)}) for limit in (3, 99, 100, 499, 500, 1000, 1500)]
    assert charged == [1, 1, 2, 2, 5, 5, 10]
    assert weight_of("/fapi/v1/klines", {}) == 5
    assert weight_of("/fapi/v1/time", {}) == 1


def test_who_asks_for_more_than_the_limit_waits_for_the_next_minute_and_is_banned_where_he_does_not() -> None:
    seconds = [50.0]
    limit = RequestLimit(2, lambda: seconds[0])
    assert [limit.count("/time", {}) for _ in range(2)] == [(200, {HEADER: "1"}), (200, {HEADER: "2"})]
    assert limit.count("/time", {}) == (429, {HEADER: "3", "Retry-After": "11"})
    assert [limit.count("/time", {})[0] for _ in range(BANNED_AFTER)] == [429] * (BANNED_AFTER - 1) + [418]
    seconds[0] = 60.0
    assert limit.count("/time", {}) == (200, {HEADER: "1"})
    assert (limit.refused, limit.heaviest_minute) == (BANNED_AFTER + 1, BANNED_AFTER + 3)
