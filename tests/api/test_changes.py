"""/api/changes: in order, page by page, filtered; each change with what was said before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.api.changes import ChangeListAnswer
from tests.api.client import refusal
from tests.api.recorded import client_over_history


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_over_history(tmp_path_factory.mktemp("changes"), candles=40) as client:
        yield client


@pytest.mark.slow
def test_changes_come_in_order_page_by_page_and_differ_from_what_was_said_before(client: TestClient) -> None:
    answer = client.get("/api/changes?limit=1000")
    ChangeListAnswer.model_validate_json(answer.content)
    everything = answer.json()
    assert everything["count"] == len(everything["changes"]) > 10
    assert everything["complete_after"] == 0
    for change in everything["changes"]:
        assert change["changed"]
        if "band" in change["changed"]:
            assert change["before"]["band"] != change["now"]["band"]
    page = client.get("/api/changes?limit=3").json()
    assert page["changes"] == everything["changes"][:3]
    rest = client.get(f"/api/changes?limit=1000&after={page['next_after']}").json()
    assert rest["changes"] == everything["changes"][3:]
    end = client.get(f"/api/changes?after={rest['next_after']}").json()
    assert (end["changes"], end["next_after"]) == ([], rest["next_after"])


@pytest.mark.slow
def test_changes_are_filtered_by_coin_timeframe_and_kind(client: TestClient) -> None:
    ours = client.get("/api/changes?symbols=ETH&timeframe=15m&kind=verdict&limit=1000").json()["changes"]
    assert ours
    assert {(each["symbol"], each["timeframe"], "verdict" in each["changed"]) for each in ours} == {
        ("ETHUSDT", "15m", True)
    }


@pytest.mark.slow
def test_what_cannot_be_asked_is_said_with_the_choices(client: TestClient) -> None:
    assert "Did you mean 'verdict'" in refusal(client.get("/api/changes?kind=verdikt"), 422, "invalid_request")
    refusal(client.get("/api/changes?timeframe=7m"), 404, "unknown_timeframe")
    refusal(client.get("/api/changes?symbols=BTCUSD"), 404, "unknown_symbol")
    refusal(client.get("/api/changes?since=0"), 422, "invalid_request")
