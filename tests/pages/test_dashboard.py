"""The pages as Streamlit runs them, over a board written by hand; what browsers make of them is in tests/browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

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
from tests.pages.sent import sent_to

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
        test.run()
        if page is not None:
            test.switch_page(page).run()
        assert not test.exception
        return test

    yield open_page
    application.clear()


def coins(test: AppTest) -> list[str]:
    return [card["coin"] for card in sent_to(test, "signals_grid")["cards"]]


def texts(test: AppTest) -> str:
    return "\n".join(element.value for element in (*test.text, *test.markdown, *test.info))


# ---------------------------------------------------------------- header


def test_a_simulated_market_is_called_not_real_on_every_page(open_page: Open) -> None:
    for page in ("signals.py", "timeframes.py"):
        assert NOTICE in texts(open_page(FakeApplication(BOARD), page))


def test_a_real_market_carries_no_notice_and_no_button(open_page: Open) -> None:
    live = MarketIdentity("exchange", "binanceusdm", None)
    page = open_page(FakeApplication(BOARD, FakeAuto(), identity=live))
    assert NOTICE not in texts(page)
    assert [button.key for button in page.button] == []
    assert sent_to(page, "shared_market_header")["market"] == {"kind": "exchange", "name": "binanceusdm"}


def test_the_exchange_can_be_tried_again_and_its_last_answer_is_shown(open_page: Open) -> None:
    auto = FakeAuto(exchange_answer="binanceusdm did not answer within 3 s.")
    page = open_page(FakeApplication(BOARD, auto))
    assert "did not answer within 3 s" in texts(page)
    page.button(key="retry_exchange").click().run()
    assert auto.retries == 1


def test_while_the_exchange_is_asked_again_the_button_waits(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD, FakeAuto(asking=True)))
    button = page.button(key="retry_exchange")
    assert button.disabled
    assert button.label == "Asking binanceusdm…"


def test_a_market_chosen_on_purpose_offers_no_other(open_page: Open) -> None:
    assert not open_page(FakeApplication(BOARD, auto=None)).button


def test_a_live_market_whose_candles_are_late_says_how_many_and_why(open_page: Open) -> None:
    live = MarketIdentity("exchange", "binanceusdm", None)
    assert sent_to(open_page(FakeApplication(BOARD, identity=live)), "shared_market_header")["behind"] is None
    late = {"BTCUSDT": LateCandles(3, NOON, MarketTrouble("binanceusdm does not answer."))}
    header = sent_to(open_page(FakeApplication(BOARD, identity=live, late=late)), "shared_market_header")
    why = "3 candles are missing since 2025-09-03 12:00 UTC. binanceusdm does not answer."
    assert header["behind"] == {"series": 2, "of": 6, "reason": why}


def test_a_ledger_in_trouble_is_told_on_every_page_and_one_that_is_well_on_none(open_page: Open) -> None:
    application = FakeApplication(BOARD)
    assert "recorded" not in texts(open_page(application))
    full = LedgerUnwritable("{path} is full.", "/srv/candor/data/ledger.db", NOON, 136, 0)
    application.recorder.current = LedgerState("simulated-seed1", 136, (full, LedgerDamage(7, LedgerFault.CHANGED)))
    for page in ("signals.py", "timeframes.py"):
        told = texts(open_page(application, page))
        assert "not been recorded since 2025-09-03 12:00 UTC: candor/data/ledger.db is full. 136 entries wait." in told
        assert "entry 7 was changed" in told


def test_the_folders_of_the_server_are_nobodys_business(open_page: Open) -> None:
    trouble = MarketTrouble("{path} is not a readable parquet file.", "/srv/candor/candles/BTCUSDT/15m.parquet")
    late = {"BTCUSDT": LateCandles(1, NOON, trouble)}
    header = sent_to(open_page(FakeApplication(BOARD, late=late)), "shared_market_header")
    assert header["behind"]["reason"].endswith(" candles/BTCUSDT/15m.parquet is not a readable parquet file.")


def test_until_a_market_is_chosen_the_header_says_who_is_asked_and_cards_are_grey(open_page: Open) -> None:
    page = open_page(FakeApplication(identity=None, awaited=AwaitingMarket(exchange="binanceusdm")))
    assert sent_to(page, "shared_market_header")["connecting"] == "Asking binanceusdm for candles…"
    assert sent_to(page, "signals_grid")["skeletons"] > 0


def test_the_header_knows_the_markets_time_and_speed(open_page: Open) -> None:
    header = sent_to(open_page(FakeApplication(BOARD, speed=300.0)), "shared_market_header")
    assert header["now"] == 1_756_900_800_000
    assert (header["speed"], header["speed_text"]) == (300, "300× speed")


# ---------------------------------------------------------------- signals


def test_the_grid_shows_every_coin_of_the_timeframe_surest_first(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD))
    assert coins(page) == ["BTC", "ETH", "SOL", "DOGE", "XRP"]
    assert sent_to(page, "signals_grid")["counts"] == {"LONG": 2, "SHORT": 1, "NO_TRADE": 1}


def test_filters_come_from_the_address(open_page: Open) -> None:
    app = FakeApplication(BOARD)
    assert coins(open_page(app, min_confidence="50")) == ["BTC", "ETH"]
    assert coins(open_page(app, trusted_only="true")) == ["ETH", "SOL"]
    assert coins(open_page(app, directions="LONG", sort="Name")) == ["BTC", "DOGE"]
    assert coins(open_page(app, tf="1h")) == ["BTC"]
    assert coins(open_page(app, search="ether")) == ["ETH"]


def test_an_address_with_values_that_mean_nothing_shows_everything(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), tf="7m", min_confidence="-3", directions="UP", sort="banana", view="x")
    assert len(coins(page)) == 5


def test_a_higher_minimum_confidence_leaves_the_surer_signals(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD))
    page.slider(key="min_confidence").set_value(50).run()
    assert coins(page) == ["BTC", "ETH"]
    assert sent_to(page, "signals_grid")["total"] == 5


def test_the_empty_case_names_the_filter_to_blame_and_drops_it(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), min_confidence="95", directions="LONG")
    assert "the minimum confidence hides the most" in texts(page)
    assert "2 of 5 coins" in texts(page)
    page.button(key="drop_filter").click().run()
    assert coins(page) == ["BTC", "DOGE"]


def test_the_empty_case_can_reset_everything(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), min_confidence="95", search="nosuchcoin")
    assert [button.key for button in page.button] == ["reset_filters"]
    page.button(key="reset_filters").click().run()
    assert len(coins(page)) == 5
    assert page.slider(key="min_confidence").value == 0


def test_without_any_model_every_card_says_so(open_page: Open) -> None:
    loading = Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated"))
    page = open_page(FakeApplication([silent("XRPUSDT"), silent("BTCUSDT", loading)]))
    cards = {card["coin"]: card["problem"]["word"] for card in sent_to(page, "signals_grid")["cards"]}
    assert cards == {"XRP": "No model", "BTC": "Loading candles"}


def test_the_table_shows_what_the_cards_show(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), view="Table", min_confidence="45", sort="Name")
    table = page.dataframe[-1].value
    assert list(table["symbol"]) == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert list(table["trust"]) == ["✕ Weak model", "✓ Trusted", "✓ Trusted"]


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


def test_timeframes_can_be_searched(open_page: Open) -> None:
    page = open_page(FakeApplication(BOARD), "timeframes.py")
    page.text_input(key="coins").set_value("doge").run()
    assert [row["coin"] for row in sent_to(page, "timeframes_map")["rows"]] == ["DOGE"]
    page.text_input(key="coins").set_value("nosuchcoin").run()
    assert "No coin of 5" in texts(page)
