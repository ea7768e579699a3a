"""The page of alerts in a real browser: it shuts nobody out, takes the watchlist, and tells an alert in one of two tabs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import insert

from core.alerts.book import RuleBook
from core.alerts.rules import FeedSilent, Rule
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.journal.database import Database
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from tests.browser.accessibility import broken_rules
from tests.browser.conftest import STEP_TIMEOUT, OwnServer
from tests.waiting import until

HIDDEN_WAITS = 600
"""Milliseconds after which a tab that nobody looks at would have told it, too."""

STARS = "localStorage.setItem('candor:watchlist', JSON.stringify(['BTCUSDT', 'ETHUSDT']))"


@pytest.fixture
def ledger(own_server: OwnServer) -> Iterator[Database]:
    """The ledger that the running server writes, as another process has it open; no rule outlives a test.

    It is not that of the other tests: what is told would lie over their pages.
    """
    until(lambda: any(own_server.folder.glob("data/ledger-*.db")))
    [path] = own_server.folder.glob("data/ledger-*.db")
    ledger = Ledger.open(SqliteFile(path.stem.removeprefix("ledger-"), path))
    yield ledger.database
    rules = RuleBook(ledger.database)
    for rule in rules.rules():
        rules.delete(rule.id, 0)
    ledger.close()


def tell(database: Database, rule_id: int, seq: int) -> None:
    """An alert as a transaction of the ledger leaves it: the server's own worker goes on from there."""
    now_ms = time.time_ns() // 1_000_000
    row = {
        "rule_id": rule_id, "rule_version": 1, "seq": seq, "event": "fired", "symbol": "BTCUSDT", "timeframe": "15m",
        "closed_ms": now_ms, "rule_name": "told", "made_at_ms": now_ms, "status": Status.WAITING, "attempts": 0,
        "next_try_ms": now_ms,
    }  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(alerts).values(row))


def tab_of(toasts: Sequence[Locator]) -> int:
    """Which of the tabs tells it; AssertionError unless one does, alone."""
    until = time.monotonic() + STEP_TIMEOUT / 1000
    while not any(toast.count() for toast in toasts):
        assert time.monotonic() < until, "no tab has told the alert"
        toasts[0].page.wait_for_timeout(100)
    toasts[0].page.wait_for_timeout(HIDDEN_WAITS)
    [by] = [place for place, toast in enumerate(toasts) if toast.count()]
    return by


def test_a_rule_takes_the_watchlist_and_its_alert_is_told_by_one_of_two_tabs(
    page: Page, own_server: OwnServer, ledger: Database
) -> None:
    server = own_server.address
    page.add_init_script(STARS)
    page.goto(f"{server}/alerts")
    page.get_by_role("button", name="Copy the watchlist (2 coins)").click()
    main = page.locator("[data-testid=stMain]")
    expect(main.get_by_text("BTC", exact=True)).to_be_visible()
    page.get_by_label("Name").fill("mine")
    page.get_by_label("Name").press("Enter")
    page.wait_for_function("(sessionStorage.getItem('candor:alert_draft') ?? '').includes('mine')")
    page.reload()
    # for a moment the form that is filled in anew stands beside the empty one whose place it takes
    page.wait_for_function(
        "[...document.querySelectorAll('input[aria-label=Name]')].map(e => e.value).join() === 'mine'"
    )
    page.get_by_role("button", name="Show what it would have sent").click()
    expect(main.get_by_text("BTC, ETH (a copy of a watchlist)")).to_be_visible()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("button", name="Copy the watchlist again")).to_be_disabled()
    assert broken_rules(page, context={"include": [["[data-testid=stMain]"]]}) == []

    other = page.context.new_page()
    other.goto(f"{server}/glossary")
    expect(other.get_by_role("log", name="Alerts")).to_be_attached()
    rule_id = RuleBook(ledger).add(Rule(name="told", condition=FeedSilent()), None, 0)
    tell(ledger, rule_id, 1_000_000)
    toasts = [
        each.get_by_role("log", name="Alerts").get_by_role("link", name="Open the coin") for each in (page, other)
    ]
    shown = toasts[tab_of(toasts)]
    assert broken_rules(shown.page, context={"include": [[".alert-toasts"]]}) == []
    shown.click()
    expect(shown.page).to_have_url(f"{server}/coin?symbol=BTCUSDT&timeframe=15m")
