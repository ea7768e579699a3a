from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction
from core.signals.bands import Band
from core.signals.board import Signal
from core.signals.hours import HourRecord, by_hour
from pages.components.shared.coin_search import name_matches
from pages.components.signals.filters import (
    HIDES_WEAK,
    Filters,
    Lift,
    Sort,
    count_bands,
    count_directions,
    lifts,
    select,
)
from tests.pages.fake_board import NO_BETTER, NOTE, STALE, WEAK, signal, silent

SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT", "XRPUSDT", "LINKUSDT"]

BOARD = (
    signal("BTCUSDT", Direction.LONG, 0.62, accuracy=0.123, findings=[WEAK]),
    signal("ETHUSDT", Direction.SHORT, 0.55, accuracy=0.51),
    signal("SOLUSDT", Direction.NO_TRADE, 0.70, accuracy=0.49),
    signal("DOGEUSDT", Direction.LONG, 0.41, accuracy=0.97, findings=[NO_BETTER]),
    silent("XRPUSDT"),
)


def names(signals: tuple[Signal, ...]) -> list[str]:
    return [s.symbol.removesuffix("USDT") for s in signals]


def test_no_filter_hides_nothing_not_even_coins_without_a_model() -> None:
    assert sorted(names(select(BOARD, Filters(), Sort.NAME))) == sorted(names(BOARD))


def test_a_confidence_at_the_minimum_passes() -> None:
    assert names(select(BOARD, Filters(min_confidence=0.55), Sort.NAME)) == ["ETH", "SOL", "BTC"]


def test_a_minimum_can_be_asked_of_the_move_and_of_the_sides_margin() -> None:
    assert names(select(BOARD, Filters(min_move=0.75), Sort.NAME)) == ["ETH", "BTC"]
    assert names(select(BOARD, Filters(min_side=0.4), Sort.NAME)) == ["ETH", "BTC"]
    assert names(select(BOARD, Filters(min_move=0.75).without_minimums(), Sort.NAME)) == [
        "DOGE",
        "ETH",
        "SOL",
        "BTC",
        "XRP",
    ]


def test_bands_show_the_signals_of_each() -> None:
    assert names(select(BOARD, Filters(bands=frozenset({Band.QUIET})), Sort.NAME)) == ["SOL"]
    assert names(select(BOARD, Filters(bands=frozenset({Band.LIKELY})), Sort.NAME)) == ["DOGE", "ETH", "BTC"]
    assert count_bands(BOARD) == {Band.LIKELY: 2, Band.USUAL: 0, Band.QUIET: 1}  # weak models are not counted


def test_several_directions_show_the_signals_of_each() -> None:
    both = Filters(directions=frozenset({Direction.LONG, Direction.SHORT}))
    assert names(select(BOARD, both, Sort.NAME)) == ["DOGE", "ETH", "BTC"]


def test_trusted_only_hides_every_signal_with_a_reason_to_doubt_it() -> None:
    assert names(select(BOARD, Filters(trusted_only=True), Sort.NAME)) == ["ETH", "SOL"]


def test_a_note_does_not_hide_a_signal_from_those_that_are_trusted() -> None:
    noted, doubted = signal("BTCUSDT", findings=[NOTE]), signal("ETHUSDT", findings=[STALE, NOTE])
    assert select([noted, doubted], Filters(trusted_only=True), Sort.NAME) == (noted,)


@pytest.mark.parametrize(
    "wish",
    [
        Filters(min_confidence=0.01),
        Filters(min_move=0.01),
        Filters(bands=frozenset(Band)),
        Filters(directions=frozenset(Direction)),
        Filters(trusted_only=True),
    ],
)
def test_a_coin_without_a_prediction_passes_no_filter_that_asks_for_one(wish: Filters) -> None:
    assert not wish.admit(silent())


def test_a_coin_without_a_prediction_is_found_by_name() -> None:
    assert names(select(BOARD, Filters(search="xrp"), Sort.NAME)) == ["XRP"]


@pytest.mark.parametrize("search", ["btc", "BTCUSDT", "BTC/USDT", "btc-usdt", " bitcoin ", "zzz, btc"])
def test_a_coin_is_found_however_it_is_written(search: str) -> None:
    assert name_matches("BTCUSDT", search)
    assert not name_matches("ETHUSDT", search.replace("USDT", "").replace("usdt", ""))


@pytest.mark.parametrize("search", ["usdt", "sdt", "tusd", "zzz"])
def test_what_all_symbols_end_in_finds_no_coin(search: str) -> None:
    assert not any(name_matches(symbol, search) for symbol in SYMBOLS)


@pytest.mark.parametrize("search", ["", "  ", ",", "/"])
def test_a_search_for_nothing_finds_everything(search: str) -> None:
    assert all(name_matches(symbol, search) for symbol in SYMBOLS)


def test_what_is_usual_for_the_coin_at_this_hour_counts_in_the_default_order_where_it_is_known() -> None:
    bitcoin, ether = signal("BTCUSDT", Direction.LONG, 0.62), signal("ETHUSDT", Direction.LONG, 0.60)
    assert bitcoin.prediction is not None
    hour = bitcoin.prediction.candle_close_time.hour
    lively = by_hour([HourRecord(bitcoin.series, hour, candles=120, days=30, touched=118, live=0)])
    assert names(select([ether, bitcoin], Filters(), Sort.UNUSUAL)) == ["BTC", "ETH"]
    assert names(select([ether, bitcoin], Filters(), Sort.UNUSUAL, lively)) == ["ETH", "BTC"]
    assert names(select([ether, bitcoin], Filters(), Sort.MOVE, lively)) == ["BTC", "ETH"]


def test_no_hour_puts_a_usual_move_before_a_likely_one_in_the_default_order() -> None:
    likely, usual = signal("BTCUSDT", Direction.LONG, 0.62), signal("ETHUSDT", Direction.LONG, 0.60)
    assert likely.prediction is not None
    assert usual.prediction is not None
    usual = replace(usual, outcome=replace(usual.prediction, usual_move_probability=usual.prediction.move_probability))
    hour = likely.prediction.candle_close_time.hour
    counts = {likely.series: 118, usual.series: 40}
    hours = by_hour(HourRecord(series, hour, candles=120, days=30, touched=n, live=0) for series, n in counts.items())
    assert names(select([usual, likely], Filters(), Sort.UNUSUAL, hours)) == ["BTC", "ETH"]


def test_sorting_puts_the_highest_first_then_weak_models_and_the_unpredicted_last() -> None:
    assert names(select(BOARD, Filters(), Sort.UNUSUAL)) == ["ETH", "DOGE", "SOL", "BTC", "XRP"]
    assert names(select(BOARD, Filters(), Sort.CONFIDENCE)) == ["SOL", "ETH", "DOGE", "BTC", "XRP"]
    assert names(select(BOARD, Filters(), Sort.ACCURACY)) == ["DOGE", "ETH", "SOL", "BTC", "XRP"]
    assert names(select(BOARD, Filters(), Sort.MOVE)) == ["ETH", "DOGE", "SOL", "BTC", "XRP"]  # NO TRADE is no move
    assert names(select(BOARD, Filters(), Sort.SIDE)) == ["ETH", "DOGE", "SOL", "BTC", "XRP"]
    assert names(select(BOARD, Filters(), Sort.NAME)) == ["DOGE", "ETH", "SOL", "BTC", "XRP"]


def test_what_is_less_usual_for_its_coin_comes_before_what_is_likelier() -> None:
    often = signal("BTCUSDT", Direction.LONG, 0.62)
    rare = replace(signal("ETHUSDT", Direction.LONG, 0.60).prediction, usual_move_probability=0.4)
    rarely = replace(signal("ETHUSDT"), outcome=rare)
    assert select([often, rarely], Filters(), Sort.UNUSUAL) == (rarely, often)


def test_a_model_that_was_never_tested_sorts_behind_the_tested_by_accuracy() -> None:
    untested = signal("LINKUSDT", accuracy=None)
    assert names(select((untested, *BOARD), Filters(), Sort.ACCURACY)) == ["DOGE", "ETH", "SOL", "LINK", "BTC", "XRP"]


def test_directions_are_counted_without_the_unpredicted() -> None:
    assert count_directions(BOARD) == {Direction.LONG: 2, Direction.SHORT: 1, Direction.NO_TRADE: 1}


def test_where_nothing_shows_every_filter_says_what_comes_back_without_it_the_most_first() -> None:
    wish = Filters(min_move=0.75, directions=frozenset({Direction.SHORT}), search="btc", trusted_only=True)
    assert lifts(BOARD, wish) == (Lift("search", 1), Lift("directions", 0), Lift("trusted_only", 0))
    assert lifts(BOARD, replace(wish, min_move=0.99))[0] == Lift("directions", 0), "the minimum is on all the while"
    assert lifts(BOARD, replace(wish, search="eth")) == ()


def test_weak_models_that_are_hidden_count_as_a_filter() -> None:
    wish = Filters(search="btc")
    assert lifts(BOARD, wish, weak_hidden=True) == (Lift("search", 4), Lift(HIDES_WEAK, 1))
    assert lifts(BOARD, wish) == ()


signals_of_one_timeframe = st.lists(
    st.one_of(
        st.builds(
            signal,
            symbol=st.sampled_from(SYMBOLS),
            direction=st.sampled_from(list(Direction)),
            confidence=st.floats(0.34, 1.0),
            accuracy=st.none() | st.floats(0, 1),
            findings=st.sampled_from([(), (WEAK,), (NO_BETTER,)]),
        ),
        st.builds(silent, symbol=st.sampled_from(SYMBOLS)),
    ),
    unique_by=lambda s: s.symbol,
)
any_filters = st.builds(
    Filters,
    min_confidence=st.floats(0, 1),
    min_move=st.sampled_from([0.0, 0.7]),
    bands=st.frozensets(st.sampled_from(list(Band))),
    directions=st.frozensets(st.sampled_from(list(Direction))),
    trusted_only=st.booleans(),
    search=st.sampled_from(["", "b", "eth sol", "nosuchcoin"]),
)


@pytest.mark.slow
@given(signals_of_one_timeframe, any_filters, st.sampled_from(list(Sort)))
def test_what_is_shown_is_what_passes_once_each_in_any_order(board: list[Signal], filters: Filters, sort: Sort) -> None:
    shown = select(board, filters, sort)
    assert {s.symbol for s in shown} == {s.symbol for s in board if filters.admit(s)}
    assert len(shown) == len({s.symbol for s in shown})


@pytest.mark.slow
@given(signals_of_one_timeframe, any_filters, st.floats(0, 1))
def test_a_higher_minimum_never_shows_more(board: list[Signal], filters: Filters, higher: float) -> None:
    stricter = replace(filters, min_confidence=max(filters.min_confidence, higher))
    assert set(names(select(board, stricter, Sort.NAME))) <= set(names(select(board, filters, Sort.NAME)))


@pytest.mark.slow
@given(signals_of_one_timeframe, any_filters, st.sampled_from(list(Sort)))
def test_the_order_does_not_depend_on_the_order_of_the_board(board: list[Signal], filters: Filters, sort: Sort) -> None:
    assert select(board, filters, sort) == select(list(reversed(board)), filters, sort)


@given(signals_of_one_timeframe, any_filters)
def test_dropping_a_filter_brings_back_what_was_promised(board: list[Signal], filters: Filters) -> None:
    without = Filters()
    on = {f.name for f in fields(Filters) if getattr(filters, f.name) != getattr(without, f.name)}
    if select(board, filters, Sort.NAME):
        assert lifts(board, filters) == ()
        return
    promised = {lift.field: lift.brings_back for lift in lifts(board, filters)}
    assert promised == {
        name: len(select(board, replace(filters, **{name: getattr(without, name)}), Sort.NAME))
        for name in on
        if not name.startswith("min_")
    }
