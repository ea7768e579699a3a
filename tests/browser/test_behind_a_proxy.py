"""Candor below a path of a host that it shares with others, through a proxy that forwards nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from tests.browser.conftest import OwnServer, Running
from tests.browser.proxy import proxy

DRAWN = ".price-chart .plot[data-drawn]"


KEEPS, TAKES_OFF = "keeps the prefix", "takes the prefix off"


@pytest.fixture(scope="module")
def below(request: pytest.FixtureRequest) -> Running:
    """The server below the path: one that knows its base path, and one that does not."""
    if request.param == TAKES_OFF:
        return cast(Running, request.getfixturevalue("candor"))
    return cast(OwnServer, request.getfixturevalue("own_server")).candor


@pytest.fixture(scope="module")
def address(below: Running) -> Iterator[str]:
    """What browsers are told."""
    knows = below.address.endswith(OwnServer.BASE_PATH)
    with proxy(f"/{OwnServer.BASE_PATH}" if knows else "/candor", below.address, takes_off=not knows) as address:
        yield address


@pytest.fixture
def trouble(page: Page, address: str) -> Iterator[list[str]]:
    """What went wrong while the page was used: errors on its console, and addresses that lead nowhere or elsewhere."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{message.text} {message.location['url']}")

    def answered(answer: Response) -> None:
        if answer.status >= 400 or not answer.url.startswith((address, "blob:")):
            found.append(f"{answer.status} {answer.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("response", answered)
    yield found
    assert found == []


@pytest.mark.parametrize("below", [TAKES_OFF], indirect=True)
@pytest.mark.usefixtures("trouble")
def test_charts_are_drawn_and_a_closing_candle_arrives(page: Page, below: Running, address: str) -> None:
    page.goto(f"{address}/coin?symbol=ETHUSDT&timeframe=15m")
    await_charts_and_a_candle(page, below)


@pytest.mark.parametrize("below", [KEEPS], indirect=True)
@pytest.mark.usefixtures("trouble")
def test_pages_lead_to_each_other_and_a_reload_stays_where_it_was_and_follows_the_market(
    page: Page, below: Running, address: str
) -> None:
    page.goto(f"{address}/")
    page.locator("li.card").first.wait_for()
    card = page.locator("li.card").filter(has=page.locator(".coin", has_text=re.compile("^ETH$")))
    assert card.get_by_role("link").evaluate("link => link.href") == f"{address}/coin?symbol=ETHUSDT&timeframe=15m"
    card.get_by_role("link").click()
    expect(page).to_have_url(f"{address}/coin?symbol=ETHUSDT&timeframe=15m")
    page.locator(DRAWN).wait_for()
    page.reload()
    await_charts_and_a_candle(page, below)
    page.get_by_role("link", name="Timeframes").click()
    expect(page).to_have_url(f"{address}/timeframes")
    page.locator(".body .row").first.wait_for()
    page.get_by_role("link", name="Model quality").click()
    expect(page).to_have_url(f"{address}/model_quality")
    page.locator(".quality-chart .main-svg").first.wait_for()


def await_charts_and_a_candle(page: Page, below: Running) -> None:
    plot = page.locator(DRAWN)
    plot.wait_for()
    page.locator(".quality-chart .main-svg").first.wait_for()
    newest = plot.get_attribute("data-newest") or ""
    below.close_candle()
    expect(plot).not_to_have_attribute("data-newest", newest)


@pytest.mark.parametrize("below", [KEEPS], indirect=True)
@pytest.mark.usefixtures("trouble")
def test_the_api_and_its_documentation_answer_there(page: Page, address: str) -> None:
    answer = page.request.get(f"{address}/api/predictions/ETH")
    assert answer.json()["symbol"] == "ETHUSDT"
    wrong = page.request.get(f"{address}/api/nothing")
    assert (wrong.status, wrong.json()["error"]) == (404, "not_found")
    page.goto(f"{address}/api")
    expect(page).to_have_url(f"{address}/api/docs")
    page.locator("#operations-predictions-predictions_predictions_get").get_by_role("button").first.click()
    with page.expect_response(f"{address}/api/predictions?timeframe=15m&min_confidence=0&min_move=0") as executed:
        page.get_by_role("button", name="Execute").first.click()
    assert executed.value.json()["status"] == "success"
