"""The pages as Streamlit runs them, over a board written by hand; what browsers make of them is in tests/browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Direction, Timeframe
from core.findings import (
    AwaitingCandles,
    AwaitingMarket,
    LateCandles,
    LedgerDamage,
    LedgerFault,
    LedgerState,
    LedgerUnwritable,
    MarketTrouble,
    Unavailable,
    UnavailableKind,
)
from core.market.market import MarketIdentity
from pages.components.shared.application import application
from tests.pages.fake_board import NO_BETTER, NOON, NOTICE, WEAK, FakeApplication, FakeAuto, signal, silent
from tests.pages.sent import sent_to, unusable

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"

BOARD = [
    signal("BTCUSDT", Direction.LONG, 0.62, accuracy=0.123, findings=[WEAK]),
    signal("ETHUSDT", Direction.SHORT, 0.55),
    signal("SOLUSDT", Direction.NO_TRADE, 0.48),
    signal("DOGEUSDT", Direction.LONG, 0.41, accuracy=0.97, findings=[NO_BETTER]),
    silent("XRPUSDT"),
    signal("BTCUSDT", Direction.SHORT, 0.5, Timeframe.H1),
]

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens the dashboard over an application: ``open_page(app, page="timeframes.py", tf="1h")``."""

    def open_page(app: FakeApplication, page: str | None = None, **address: str) -> AppTest:
        monkeypatch.setattr("pages.components.shared.application.get_application", lambda: app)
        application.clear()
        test = AppTest.from_file(str(MAIN), default_timeout=30)
        for name, value in address.items():
            test.query_params[name] = value
        if page is not None:
            test.switch_page(page)
        test.run()
        assert not test.exception
        return test

    yield open_page
    application.clear()


def coins(test: AppTest) -> list[str]:
    return [card["coin"] for card in sent_to(test, "signals_board")["cards"]]


def header_of(test: AppTest) -> dict[str, Any]:
    header: dict[str, Any] = sent_to(test, "shared_market_header")
    return header


def texts(test: AppTest) -> str:
    return "\n".join(element.value for element in (*test.text, *test.markdown, *test.info))


# ---------------------------------------------------------------- header


def test_a_simulated_market_is_called_not_real_on_every_page(open_page: Open) -> None:
    for page in ("signals.py", "timeframes.py"):
        assert header_of(open_page(FakeApplication(BOARD), page))["notice"] == NOTICE


def test_a_real_market_carries_no_notice_and_no_button(open_page: Open) -> None:
    live = MarketIdentity("exchange", "binanceusdm", None)
    header = header_of(open_page(FakeApplication(BOARD, FakeAuto(), identity=live)))
    assert (header["notice"], header["retry"]) == ("", None)
    assert header["market"] == {"kind": "exchange", "name": "binanceusdm"}


def test_the_exchange_can_be_tried_again_and_its_last_answer_is_shown(open_page: Open) -> None:
    auto = FakeAuto(exchange_answer="binanceusdm did not answer within 3 s.")
    header = header_of(open_page(FakeApplication(BOARD, auto)))
    assert (header["retry"], header["asking"]) == ("Try again", False)
    assert header["answer"] == "binanceusdm did not answer within 3 s."


def test_while_the_exchange_is_asked_again_the_button_waits(open_page: Open) -> None:
    header = header_of(open_page(FakeApplication(BOARD, FakeAuto(asking=True))))
    assert (header["retry"], header["asking"]) == ("Asking binanceusdm…", True)


def test_a_market_chosen_on_purpose_offers_no_other(open_page: Open) -> None:
    assert header_of(open_page(FakeApplication(BOARD, auto=None)))["retry"] is None


def test_the_bar_leads_to_every_page_and_knows_which_is_shown(open_page: Open) -> None:
    for page, title in (("signals.py", "Signals"), ("timeframes.py", "Timeframes")):
        header = header_of(open_page(FakeApplication(BOARD), page))
        assert header["title"] == title
        assert {each["path"]: each["title"] for each in header["pages"]}[header["path"]] == title


@pytest.mark.slow
def test_a_live_market_whose_candles_are_late_says_how_many_and_why(open_page: Open) -> None:
    live = MarketIdentity("exchange", "binanceusdm", None)
    assert sent_to(open_page(FakeApplication(BOARD, identity=live)), "shared_market_header")["behind"] is None
    late = {"BTCUSDT": LateCandles(3, NOON, MarketTrouble("binanceusdm does not answer."))}
    header = sent_to(open_page(FakeApplication(BOARD, identity=live, late=late)), "shared_market_header")
    why = "3 candles are missing since 2025-09-03 12:00 UTC. binanceusdm does not answer."
    assert header["behind"] == {"series": 2, "of": 6, "reason": why}


def test_a_ledger_in_trouble_is_told_on_every_page_and_one_that_is_well_on_none(open_page: Open) -> None:
    application = FakeApplication(BOARD)
    assert header_of(open_page(application))["ledger"] == ""
    full = LedgerUnwritable("{path} is full.", "/srv/candor/data/ledger.db", NOON, 136, 0)
    application.recorder.current = LedgerState("simulated-seed1", 136, (full, LedgerDamage(7, LedgerFault.CHANGED)))
    for page in ("signals.py", "timeframes.py"):
        state = header_of(open_page(application, page))["ledger"]
        assert "not been recorded since 2025-09-03 12:00 UTC: candor/data/ledger.db is full. 136 entries wait." in state
        assert "entry 7 was changed" in state


def test_the_folders_of_the_server_are_nobodys_business(open_page: Open) -> None:
    trouble = MarketTrouble("{path} is not a readable parquet file.", "/srv/candor/candles/BTCUSDT/15m.parquet")
    late = {"BTCUSDT": LateCandles(1, NOON, trouble)}
    header = sent_to(open_page(FakeApplication(BOARD, late=late)), "shared_market_header")
    assert header["behind"]["reason"].endswith(" candles/BTCUSDT/15m.parquet is not a readable parquet file.")


def test_until_a_market_is_chosen_the_header_says_who_is_asked_and_cards_are_grey(open_page: Open) -> None:
    page = open_page(FakeApplication(identity=None, awaited=AwaitingMarket(exchange="binanceusdm")))
    assert sent_to(page, "shared_market_header")["connecting"] == "Asking binanceusdm for candles…"
    assert sent_to(page, "signals_board")["skeletons"] > 0


def test_the_header_knows_the_markets_time_and_speed(open_page: Open) -> None:
    header = sent_to(open_page(FakeApplication(BOARD, speed=300.0)), "shared_market_header")
    assert header["now"] == 1_756_900_800_000
    assert (header["speed"], header["speed_text"]) == (300, "300× speed")


# ---------------------------------------------------------------- signals


def test_the_board_shows_every_coin_of_the_timeframe_the_most_unusual_first_and_weak_models_last(
    open_page: Open,
) -> None:
    page = open_page(FakeApplication(BOARD))
    assert coins(page) == ["ETH", "DOGE", "SOL", "BTC", "XRP"]
    counts = sent_to(page, "signals_board")["counts"]
    assert counts["directions"] == {"LONG": 2, "SHORT": 1, "NO_TRADE": 1}
    assert counts["bands"] == {"likely": 2, "usual": 0, "quiet": 1}


@pytest.mark.slow
def test_filters_come_from_the_address(open_page: Open) -> None:
    app = FakeApplication(BOARD)
    assert coins(open_page(app, trusted_only="true")) == ["ETH", "SOL"]
    assert coins(open_page(app, directions="LONG", order="Name")) == ["DOGE", "BTC"]
    assert coins(open_page(app, timeframe="1h")) == ["BTC"]
    assert coins(open_page(app, search="ether")) == ["ETH"]
    assert coins(open_page(app, bands="quiet")) == ["SOL"]


@pytest.mark.slow
def test_a_watchlist_in_the_address_is_a_filter_like_any_other(open_page: Open) -> None:
    app = FakeApplication(BOARD)
    assert coins(open_page(app, watch="ETHUSDT,XRP")) == ["ETH", "XRP"]
    sent = sent_to(open_page(app, watch="ETHUSDT", bands="quiet"), "signals_board")
    assert sent["counts"]["bands"] == {"likely": 1, "usual": 0, "quiet": 0}
    assert {lift["parameter"] for lift in sent["empty"]["lifts"]} == {"watch", "bands"}
    assert [each["name"] for each in unusable(open_page(app, watch="?!"))] == ["watch"]
    assert len(coins(open_page(app, watch="mine"))) == 5  # the browser puts its coins there at once


@pytest.mark.slow
def test_minimums_travel_to_the_browser_which_applies_them_while_they_are_dragged(open_page: Open) -> None:
    sent = sent_to(open_page(FakeApplication(BOARD), min_confidence="50", min_move="70"), "signals_board")
    assert sent["view"]["minimums"] == {"confidence": 0.5, "move": 0.7, "side": 0.0}
    assert [card["coin"] for card in sent["cards"]] == ["ETH", "DOGE", "SOL", "BTC", "XRP"]
    assert sent["total"] == 4, "a coin without a signal reaches no minimum"


def test_an_address_with_values_that_mean_nothing_shows_everything_and_says_so(open_page: Open) -> None:
    page = open_page(
        FakeApplication(BOARD), timeframe="7m", min_confidence="-3", directions="UP", order="banana", view="x"
    )
    assert len(coins(page)) == 5
    problems = {each["name"] for each in unusable(page)}
    assert problems == {"timeframe", "min_confidence", "directions", "order", "view"}


@pytest.mark.slow
def test_the_empty_case_names_every_filter_that_is_on_and_what_comes_back_without_it(open_page: Open) -> None:
    empty = sent_to(open_page(FakeApplication(BOARD), directions="SHORT", search="btc"), "signals_board")["empty"]
    assert empty["text"] == "No signal passes these filters together."
    assert empty["lifts"] == [
        {"parameter": "directions", "text": "Drop the call", "back": 1},
        {"parameter": "search", "text": "Drop the search", "back": 1},
    ]
    hidden = sent_to(open_page(FakeApplication(BOARD), search="btc", weak="hidden"), "signals_board")["empty"]
    assert {lift["parameter"] for lift in hidden["lifts"]} == {"search", "weak"}
    of_minimums = sent_to(open_page(FakeApplication(BOARD), min_move="99", bands="likely"), "signals_board")["empty"]
    assert of_minimums["lifts"] == [{"parameter": "bands", "text": "Drop the band", "back": 0}]


def test_without_any_model_every_card_says_so(open_page: Open) -> None:
    loading = Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated"))
    page = open_page(FakeApplication([silent("XRPUSDT"), silent("BTCUSDT", loading)]))
    cards = {card["coin"]: card["problem"]["word"] for card in sent_to(page, "signals_board")["cards"]}
    assert cards == {"XRP": "No model", "BTC": "Loading candles"}


@pytest.mark.slow
def test_the_table_shows_what_passes_every_filter_and_the_slider_still_knows_the_others(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), view="Table", min_confidence="45", order="Name")
    table = page.dataframe[0].value
    assert list(table["symbol"]) == ["ETHUSDT", "SOLUSDT", "BTCUSDT"]
    assert list(table["trust"]) == ["✓ Trusted", "✓ Trusted", "✕ Weak model"]
    assert [card["coin"] for card in sent_to(page, "signals_board")["cards"]] == ["DOGE", "ETH", "SOL", "BTC", "XRP"]


def test_a_new_board_is_drawn_on_the_next_look(open_page: Open) -> None:
    app = FakeApplication(BOARD)
    page = open_page(app)
    app.show([signal("ETHUSDT", Direction.LONG, 0.9)])
    page.run()
    assert coins(page) == ["ETH"]


# ---------------------------------------------------------------- timeframes


def test_timeframes_show_a_row_per_coin(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), "timeframes.py")
    sent = sent_to(page, "timeframes_map")
    assert {row["coin"] for row in sent["rows"]} == {"BTC", "ETH", "SOL", "DOGE", "XRP"}
    assert sent["order"] == {"column": "confluence", "descending": True}


def test_timeframes_show_the_watched_coins_only_where_the_address_asks_for_them(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), "timeframes.py")
    page.query_params["watch"] = "DOGEUSDT,ETHUSDT"
    assert {row["coin"] for row in sent_to(page.run(), "timeframes_map")["rows"]} == {"DOGE", "ETH"}
    page.query_params["watch"] = "NOSUCHUSDT"
    assert "No coin of this watchlist is here." in texts(page.run())


def test_timeframes_can_be_searched(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), "timeframes.py")
    page.text_input(key="coin_search").set_value("doge").run()
    assert [row["coin"] for row in sent_to(page, "timeframes_map")["rows"]] == ["DOGE"]
    page.text_input(key="coin_search").set_value("nosuchcoin").run()
    assert "No coin here is called “nosuchcoin”" in texts(page)
    page.button(key="reset_filters").click().run()
    assert len(sent_to(page, "timeframes_map")["rows"]) == 5
