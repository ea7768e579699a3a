from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.domain import Timeframe
from core.signals.board import BoardSnapshot, Signal
from pages.components.shared.live_answers import MOST_KEPT
from pages.components.shared.parameters import unusable_in
from pages.components.signals import live_board
from pages.components.signals.live_board import LIVE_BOARD_PATH, LiveBoard
from pages.components.signals.view import PARAMETERS
from tests.applications import StillLife, still_life
from tests.pages.fake_board import signal
from tests.pages.sent import unpacked


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    return still_life(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def client(life: StillLife) -> TestClient:
    return TestClient(Starlette(routes=[Route(LIVE_BOARD_PATH, LiveBoard(lambda: life.application).serve)]))


def test_the_board_is_what_the_address_asks_for(client: TestClient) -> None:
    board = client.get(LIVE_BOARD_PATH, params={"timeframe": "1h", "search": "btc,eth"}).json()
    assert board["view"]["timeframe"] == "1h"
    assert {card["coin"] for card in unpacked(board["cards"])} == {"BTC", "ETH"}


def test_beside_simulated_prices_the_board_says_of_which_candles_its_proofs_are(client: TestClient) -> None:
    board = client.get(LIVE_BOARD_PATH, params={"timeframe": "1h"}).json()
    assert "tested on real candles, " in board["elsewhere"]
    assert board["elsewhere"].endswith("not on these prices.")
    assert board["elsewhere"] not in board["sentence"], "a line more would push a row of cards out of sight"


def test_an_address_that_means_nothing_gets_what_the_page_says_is_shown_instead(client: TestClient) -> None:
    address = {"timeframe": ["7m"], "order": ["banana"]}
    board = client.get(LIVE_BOARD_PATH, params=address).json()
    assert (board["view"]["timeframe"], board["view"]["sort"]) == ("15m", "unusual")
    texts = [each.text for each in unusable_in(address, PARAMETERS, ())]
    assert ["15m is shown instead." in texts[0], "unusual is shown instead." in texts[1]] == [True, True]


def test_who_asks_for_the_same_thing_gets_what_was_made_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    read = live_board.read_board
    monkeypatch.setattr(live_board, "read_board", lambda *given: made.append(given) or read(*given))
    for _ in range(3):
        client.get(LIVE_BOARD_PATH, params={"order": "name", "view": "Cards"})
        client.get(LIVE_BOARD_PATH, params={"order": "Name"})
    assert len(made) == 1


def test_a_closed_candle_makes_another_board(life: StillLife, client: TestClient) -> None:
    before = client.get(LIVE_BOARD_PATH)
    assert client.get(LIVE_BOARD_PATH).headers["etag"] == before.headers["etag"]
    life.clock.advance(Timeframe.M15.duration + timedelta(seconds=1))
    life.feed.refresh_once()
    after = client.get(LIVE_BOARD_PATH)
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["version"] == life.board.version > before.json()["version"]


@pytest.mark.slow
def test_as_many_views_are_kept_as_analysts_need_and_no_more(life: StillLife) -> None:
    live = LiveBoard(lambda: life.application)
    client = TestClient(Starlette(routes=[Route(LIVE_BOARD_PATH, live.serve)]))
    for place in range(MOST_KEPT + 5):
        client.get(LIVE_BOARD_PATH, params={"search": f"coin{place}"})
    assert len(live._answers._made) == MOST_KEPT


def test_while_there_is_no_board_there_is_no_content() -> None:
    class NoBoardYet:
        board = type("Board", (), {"snapshot": lambda self: live_board.BoardSnapshot(0, None, {})})()

    client = TestClient(Starlette(routes=[Route(LIVE_BOARD_PATH, LiveBoard(NoBoardYet).serve)]))  # type: ignore[arg-type]
    assert client.get(LIVE_BOARD_PATH).status_code == 204


def test_a_coins_price_is_that_of_its_shortest_timeframe_on_every_timeframe() -> None:
    quarter, day = signal("BTCUSDT"), replace(signal("BTCUSDT", timeframe=Timeframe.D1), price=90.0, change=-0.5)
    priced = board_of(quarter, day).at_newest_price(day)
    assert (priced.price, priced.change) == (quarter.price, quarter.change)
    assert priced.prediction is day.prediction
    assert board_of(replace(quarter, price=None, change=None), day).at_newest_price(day).price == 90.0


def board_of(*signals: Signal) -> BoardSnapshot:
    return BoardSnapshot(1, None, {each.series: each for each in signals})
