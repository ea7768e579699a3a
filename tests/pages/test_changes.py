"""The page of changes as Streamlit runs it over a real ledger, and the drawer on the page of signals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.components.changes.live_drawer import LIVE_DRAWER_PATH, LiveDrawer, newest_change
from pages.components.shared.news import NEWS_PATH, News
from pages.components.shared.zone import COOKIE
from tests.journal.small_life import SmallLife
from tests.pages.coin_page import texts_on
from tests.pages.conftest import OpenOn
from tests.pages.sent import sent_to, unusable
from tests.waiting import until


@pytest.fixture
def page(open_on: OpenOn, recorded_life: SmallLife) -> Iterator[AppTest]:
    page = open_on(recorded_life).run()
    yield page
    assert not page.exception


@pytest.mark.slow
def test_the_newest_changes_are_listed_with_filters_in_the_address_and_taken_away_as_a_file(page: AppTest) -> None:
    page.switch_page("changes.py").run()
    until(lambda: "called live" in texts_on(page.run()))
    assert "live · simulated prices" in texts_on(page)
    feed = sent_to(page, "changes_feed")
    seqs = [row["seq"] for row in feed["rows"]]
    assert seqs == sorted(seqs, reverse=True)
    assert feed["seqs"] == seqs
    assert feed["seq"] >= seqs[0]
    assert feed["market"] == "simulated-seed1"
    assert page.get("download_button")
    page.text_input(key="coin_search").input("eth").run()
    assert {row["coin"] for row in sent_to(page, "changes_feed")["rows"]} == {"ETH"}
    page.query_params["kind"] = "verdict"
    page.query_params["timeframe"] = "7m"
    page.run()
    assert all("Verdict" in [part[0] for part in row["changed"]] for row in sent_to(page, "changes_feed")["rows"])
    assert [each["text"].startswith("The address asks for timeframe=7m.") for each in unusable(page)] == [True]
    page.text_input(key="coin_search").input("nobody").run()
    assert "No coin here is called “nobody”." in texts_on(page)


@pytest.mark.slow
def test_the_page_of_signals_has_a_drawer_with_the_newest_changes_of_its_timeframe(page: AppTest) -> None:
    until(lambda: sent_to(page.run(), "changes_drawer")["newest"] is not None)
    drawer = sent_to(page, "changes_drawer")
    assert drawer["timeframe"] == "15m"
    newest = drawer["newest"]
    assert 0 < len(newest["rows"]) <= 8
    assert {row["timeframe"] for row in newest["rows"]} == {"15m"}
    assert len(newest["seqs"]) >= len(newest["rows"])


@pytest.mark.slow
def test_open_pages_hear_of_a_change_and_fetch_it_without_a_run_of_the_script(recorded_life: SmallLife) -> None:
    app = recorded_life.application
    until(lambda: newest_change(app) is not None)
    routes = [
        WebSocketRoute(NEWS_PATH, News(lambda: app, newest_change).serve),
        Route(LIVE_DRAWER_PATH, LiveDrawer(lambda: app).serve),
    ]
    with TestClient(Starlette(routes=routes)) as client:
        with client.websocket_connect(NEWS_PATH) as socket:
            heard = socket.receive_json()["changes"]
        answer = client.get(LIVE_DRAWER_PATH, params={"timeframe": "15m"}, headers={"Cookie": f"{COOKIE}=Asia/Kolkata"})
        assert client.get(LIVE_DRAWER_PATH, params={"timeframe": "7m"}).status_code == 204
    newest = answer.json()
    assert heard == newest_change(app) >= newest["seqs"][0]
    assert all(row["at"].endswith("UTC+5:30") for row in newest["rows"])
    assert newest["market"] == "simulated-seed1"
