"""/api/track-record: a record of each origin that is asked for, and a refusal of whatever can never be right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.journal.slices import ENOUGH, LEAST_BLOCKS
from tests.api.client import refusal
from tests.api.recorded import client_over_history
from tests.journal.made_history import USUAL


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Over a ledger in which six days of two coins were recorded before, of which five are enough to tell."""
    with client_over_history(tmp_path_factory.mktemp("ledger"), candles=600) as client:
        yield client


def record_of(client: TestClient, query: str = "") -> dict[str, Any]:
    body = client.get(f"/api/track-record?{query}").json()
    assert (body["status"], body["ledger"], len(body["records"])) == ("success", "simulated-seed1", 1)
    record: dict[str, Any] = body["records"][0]
    return record


@pytest.mark.slow
def test_the_record_is_that_of_live_signals_unless_another_is_asked_for(client: TestClient) -> None:
    live, replayed = record_of(client), record_of(client, "origin=replayed")
    assert (live["origin"], replayed["origin"]) == ("live", "replayed")
    assert live["whole"]["resolved"] > 3 * replayed["whole"]["resolved"] > 0
    assert (live["enough"], live["late"]) == (True, 0)
    both = client.get("/api/track-record?origin=both").json()["records"]
    assert [each["origin"] for each in both] == ["live", "replayed"]
    assert both[1] == replayed | {"seq": both[1]["seq"]}


@pytest.mark.slow
def test_every_share_comes_with_its_n_and_what_was_promised(client: TestClient) -> None:
    whole = record_of(client, "timeframe=15m&symbols=ETH")["whole"]
    right = whole["accuracy"]["right"]
    assert right["hits"] / right["n"] == pytest.approx(right["share"], abs=1e-6)
    assert 0 <= right["low"] <= right["share"] <= right["high"] <= 1
    assert whole["signals"] == whole["resolved"] + whole["open"]
    assert whole["skill"]["n"] == whole["resolved"]


def counted(content: Any) -> Iterator[dict[str, Any]]:
    """Everything in an answer that has an n of its own, however deep."""
    if isinstance(content, list):
        yield from (each for some in content for each in counted(some))
    elif isinstance(content, dict):
        if "n" in content and "majority_accuracy" not in content:  # a model's test, which says how large it was
            yield content
        yield from (each for some in content.values() for each in counted(some))


@pytest.mark.slow
def test_every_figure_says_whether_its_n_is_enough_for_one(client: TestClient) -> None:
    found = list(counted(record_of(client, "origin=replayed")))
    assert {each["enough"] for each in found} == {True, False}
    assert all(each["enough"] is (each["n"] >= ENOUGH and independent(each) >= LEAST_BLOCKS) for each in found)


def independent(figure: dict[str, Any]) -> float:
    worth: float = figure["worth"] if "worth" in figure else figure["blocks"]
    return worth


def test_every_question_is_told_how_its_promises_were_kept(client: TestClient) -> None:
    assert set(record_of(client)["calibration"]) == {"whole", "timing", "side"}


def test_moves_that_were_called_stand_beside_how_often_one_comes_anyway(client: TestClient) -> None:
    likely = record_of(client)["whole"]["moves"]["likely"]
    assert likely["usual"] == pytest.approx(1 - USUAL["climatology_no_trade"])
    assert record_of(client)["whole"]["accuracy"]["right"]["usual"] is None


def test_the_last_block_of_days_is_told_as_of_the_newest_candle_while_it_is_not_over(client: TestClient) -> None:
    path = record_of(client)["sequences"][0]["path"]
    assert [each["over"] for each in path] == [True] * (len(path) - 1) + [False]
    assert path[-2]["until"] < path[-1]["until"] < "2025-09-10T00:00:00Z"
    assert all(each["until"].endswith("T00:00:00Z") for each in path[:-1])


def test_single_signals_can_be_asked_for_by_their_number(client: TestClient) -> None:
    miss = record_of(client)["misses"][0]
    found = client.get(f"/api/signals/{miss['seq']}").json()
    assert (found["seq"], found["origin"]) == (miss["seq"], "live")
    assert found["outcome"]["touched"] in {"upper", "lower", "none", "both"}


@pytest.mark.parametrize(
    "since", ["2025-09-04", "2025-09-04T00:00:00Z", "2025-09-04T00:00", "2025-09-04T02:00:00%2B02:00"]
)
def test_the_moment_that_a_utc_day_begins_at_means_that_day(client: TestClient, since: str) -> None:
    body = client.get(f"/api/track-record?since={since}").json()
    assert body["since"] == "2025-09-04T00:00:00Z"
    assert 0 < body["records"][0]["whole"]["signals"] < record_of(client)["whole"]["signals"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("origin=alive", 422, "invalid_request"),
        ("origin=", 422, "invalid_request"),
        ("origin=live&origin=replayed", 422, "invalid_request"),
        ("since=yesterday", 422, "invalid_request"),
        ("since=", 422, "invalid_request"),
        ("since=2025-09-04T23:59:59", 422, "invalid_request"),
        ("since=2025-09-04T12:00Z", 422, "invalid_request"),
        ("since=2025-09-04T00:00:00%2B02:00", 422, "invalid_request"),
        ("since=0001-01-01T00:00:00%2B14:00", 422, "invalid_request"),
        ("since=9999-12-31T23:00:00-14:00", 422, "invalid_request"),
        ("since=1756900800000", 422, "invalid_request"),
        ("timeframe=5m", 404, "unknown_timeframe"),
        ("symbols=NOSUCH", 404, "unknown_symbol"),
        ("symbols=", 422, "invalid_request"),
        ("limit=3", 422, "invalid_request"),
    ],
)
def test_what_can_never_be_right_is_refused(client: TestClient, query: str, status: int, code: str) -> None:
    refusal(client.get(f"/api/track-record?{query}"), status, code)


@pytest.mark.slow
def test_a_timeframe_without_signals_has_an_empty_record(client: TestClient) -> None:
    record = record_of(client, "timeframe=1d")
    assert (record["enough"], record["whole"]["signals"], record["whole"]["skill"]) == (False, 0, None)
