from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import config

from core.domain import Timeframe
from core.errors import CandorError
from pages.components.shared.news import NEWS_PATH, News
from tests.applications import StillLife, still_life


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    return still_life(tmp_path_factory.mktemp("models"))


def no_changes(_: object) -> None:
    """Nothing is recorded here."""


@pytest.fixture
def client(life: StillLife) -> Iterator[TestClient]:
    with TestClient(
        Starlette(routes=[WebSocketRoute(NEWS_PATH, News(lambda: life.application, no_changes).serve)])
    ) as client:
        yield client


def a_candle_closes(life: StillLife) -> None:
    life.clock.advance(Timeframe.M15.duration + timedelta(seconds=1))
    life.feed.refresh_once()


@pytest.mark.slow
def test_who_begins_to_listen_hears_what_the_bar_shows(life: StillLife, client: TestClient) -> None:
    with client.websocket_connect(NEWS_PATH) as page:
        news = page.receive_json()
    assert news["version"] == life.board.version
    assert news["market"]["kind"] == "simulated"
    assert news["now"] == int(life.feed.now().timestamp() * 1000)


@pytest.mark.slow
def test_every_listener_hears_of_a_closed_candle(life: StillLife, client: TestClient) -> None:
    with client.websocket_connect(NEWS_PATH) as one, client.websocket_connect(NEWS_PATH) as other:
        before = one.receive_json(), other.receive_json()
        a_candle_closes(life)
        after = one.receive_json(), other.receive_json()
    assert after[0]["version"] == after[1]["version"] == life.board.version > before[0]["version"]
    assert after[0]["drawn_of"] == after[1]["drawn_of"] != before[0]["drawn_of"]


@pytest.mark.slow
def test_one_page_that_is_closed_leaves_the_others_listening(life: StillLife, client: TestClient) -> None:
    with client.websocket_connect(NEWS_PATH) as stays:
        stays.receive_json()
        with client.websocket_connect(NEWS_PATH) as leaves:
            leaves.receive_json()
        a_candle_closes(life)
        assert stays.receive_json()["version"] == life.board.version


@pytest.mark.slow
def test_news_are_told_again_while_nothing_is_new_for_pages_to_know_that_the_server_is_there(life: StillLife) -> None:
    news = News(lambda: life.application, no_changes, beat_seconds=0.01)
    with (
        TestClient(Starlette(routes=[WebSocketRoute(NEWS_PATH, news.serve)])) as client,
        client.websocket_connect(NEWS_PATH) as page,
    ):
        first, again, once_more = (page.receive_json() for _ in range(3))
    assert first["version"] == again["version"] == once_more["version"]


@pytest.mark.slow
@pytest.mark.parametrize("trouble", [CandorError("The market is being switched."), RuntimeError("whatever it was")])
def test_a_look_that_fails_leaves_the_next_one_to_tell(life: StillLife, trouble: Exception) -> None:
    troubles = [trouble]

    def application() -> object:
        if troubles:
            raise troubles.pop()
        return life.application

    news = News(application, no_changes)  # type: ignore[arg-type]
    with (
        TestClient(Starlette(routes=[WebSocketRoute(NEWS_PATH, news.serve)])) as client,
        client.websocket_connect(NEWS_PATH) as page,
    ):
        assert page.receive_json()["version"] == life.board.version
    assert not troubles


ELSEWHERE = {"Origin": "https://elsewhere.example"}


def test_pages_of_other_sites_hear_nothing(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(NEWS_PATH, headers=ELSEWHERE):
        pass
    assert refused.value.code == 1008
    with client.websocket_connect(NEWS_PATH, headers={"Origin": "http://testserver"}) as own:
        assert own.receive_json()["version"]


def test_pages_of_a_site_that_the_operator_lets_in_hear_the_news(client: TestClient) -> None:
    before = config.get_option("server.corsAllowedOrigins")
    config.set_option("server.corsAllowedOrigins", ["https://elsewhere.example"])
    try:
        with client.websocket_connect(NEWS_PATH, headers=ELSEWHERE) as page:
            assert page.receive_json()["version"]
    finally:
        config.set_option("server.corsAllowedOrigins", before)


def test_a_page_that_says_something_whatever_it_be_goes_on_hearing_the_news(
    life: StillLife, client: TestClient
) -> None:
    with client.websocket_connect(NEWS_PATH) as page:
        page.receive_json()
        page.send_bytes(b"\x00\xff")
        page.send_text("nonsense")
        a_candle_closes(life)
        assert page.receive_json()["version"] == life.board.version
