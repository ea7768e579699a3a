"""/api/comparisons: what became of new models, in order, with the figures it was decided by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.api.comparisons import ComparisonListAnswer
from core.journal.vocabulary import Decision
from tests.api.client import client_of, refusal
from tests.journal.made_entries import NOON_MS, comparison
from tests.journal.small_life import SmallLife

NOTHING_COMPARED = dict.fromkeys(("since_ms", "champion_skill", "challenger_skill", "gain", "gain_low", "gain_high"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    life = SmallLife(tmp_path_factory.mktemp("comparisons"))
    life.board.recompute()
    life.application.recorder._hear(life.board.snapshot(), frozenset())
    assert life.application.recorder._write()
    opened = life.application.recorder.opened()
    assert opened is not None and opened.ledger is not None
    none = {"decision": Decision.NO_CHALLENGER, "versions": "{}", "coins": 0, "n": 0, "blocks": 0, **NOTHING_COMPARED}
    opened.ledger.append([comparison(), comparison("1h", decided_at_ms=NOON_MS + 1, **none)])
    assert opened.ledger.append([comparison()]) == 0, "it is told once"
    with client_of(life.application) as client:
        yield client
    life.application.stop()


@pytest.mark.slow
def test_what_was_decided_comes_in_order_with_both_models_and_the_figures(client: TestClient) -> None:
    answer = client.get("/api/comparisons")
    ComparisonListAnswer.model_validate_json(answer.content)
    better, none = answer.json()["comparisons"]
    assert (better["timeframe"], better["decision"]) == ("15m", "published")
    assert better["models"] == [
        {"symbol": "BTCUSDT", "champion": "one", "challenger": "two", "published": True, "unusable": False},
        {"symbol": "ETHUSDT", "champion": None, "challenger": "three", "published": True, "unusable": False},
    ]
    assert better["comparison"]["interval"] == [0.01, 0.05]
    assert better["comparison"]["since"] == "2025-08-20T12:00:00Z"
    assert (none["decision"], none["models"], none["comparison"]) == ("no_challenger", [], None)


@pytest.mark.slow
def test_one_goes_on_where_the_last_page_ended(client: TestClient) -> None:
    first = client.get("/api/comparisons?limit=1").json()
    rest = client.get(f"/api/comparisons?after={first['next_after']}").json()
    assert [each["timeframe"] for each in first["comparisons"] + rest["comparisons"]] == ["15m", "1h"]
    assert client.get(f"/api/comparisons?after={rest['next_after']}").json()["comparisons"] == []
    refusal(client.get("/api/comparisons?after=99999"), 400, "bad_cursor")


def test_they_are_counted_and_can_be_taken_away(client: TestClient) -> None:
    assert client.get("/api/ledger/head").json()["counts"]["comparisons"] == 2
    assert client.get("/api/ledger/export?table=comparisons").text.count("\n") == 3
