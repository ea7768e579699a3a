"""/api/alerts: every alert in order, with what became of it and without where it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from core.alerts.book import RuleBook
from core.alerts.noticing import Noticing
from core.api.alerts import AlertListAnswer
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from tests.alerts.watched import LIKELY, NOW, USUAL, says
from tests.api.client import client_of, refusal
from tests.journal.made_entries import model, outcome, silence
from tests.journal.small_life import SmallLife
from tests.waiting import until


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Of two rules, one of which sends, three alerts each."""
    folder = tmp_path_factory.mktemp("alerts")
    place = SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db")
    ledger = Ledger.open(place, Noticing(lambda: datetime(2025, 9, 3, 12, 20, tzinfo=UTC), lambda: NOW))
    book = RuleBook(ledger.database)
    book.add(LIKELY, None, 0)
    book.switch(book.add(LIKELY, "json://hush@localhost/hook", 0), on=True, now_ms=0)
    ledger.append([model(**USUAL), says(0, 0.7), says(1, 0.8), says(2, 0.7), says(3, 0.8), outcome(3)])
    ledger.append([silence(4, reason="feed_down")])
    ledger.close()
    life = SmallLife(folder)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: life.application.recorder.opened() is not None)
    with client_of(life.application) as client:
        yield client
    life.application.stop()


@pytest.mark.slow
def test_alerts_come_in_order_page_by_page_with_what_became_of_them(client: TestClient) -> None:
    answer = client.get("/api/alerts")
    AlertListAnswer.model_validate_json(answer.content)
    everything = answer.json()
    assert [(each["id"], each["event"], each["status"], each["touched"]) for each in everything["alerts"]] == [
        ("1-3", "fired", "waiting", "upper"),
        ("2-3", "fired", "waiting", "upper"),
        ("1-5", "fired", "waiting", None),
        ("2-5", "fired", "waiting", None),
        ("1-7", "went_silent", "waiting", None),
        ("2-7", "went_silent", "waiting", None),
    ]
    assert everything["alerts"][0]["said"]["move"] == pytest.approx(0.8)
    assert everything["alerts"][0]["candle_close_time"] == "2025-09-03T12:30:00Z"
    page = client.get("/api/alerts?limit=1").json()
    assert page["alerts"] == everything["alerts"][:2]
    rest = client.get(f"/api/alerts?after={page['next_after']}").json()
    assert rest["alerts"] == everything["alerts"][2:]
    end = client.get(f"/api/alerts?after={rest['next_after']}").json()
    assert (end["alerts"], end["next_after"]) == ([], rest["next_after"])


@pytest.mark.slow
def test_where_alerts_are_sent_is_not_told_and_odd_questions_are_refused(client: TestClient) -> None:
    assert "hush" not in client.get("/api/alerts").text
    refusal(client.get("/api/alerts?after=-1"), 422, "invalid_request")
    refusal(client.get("/api/alerts?rule=1"), 422, "invalid_request")
