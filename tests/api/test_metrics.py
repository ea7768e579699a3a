"""What operators watch is told truly, whatever part cannot tell."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed
from starlette.testclient import TestClient

from core.domain import Timeframe
from core.log import COUNTED
from core.market.market import Traffic
from core.predictions_api import create_api
from tests.api.client import client_of
from tests.applications import StillLife, still_life

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def own_life(tmp_path_factory: pytest.TempPathFactory) -> StillLife:
    """A quarter of an hour after noon: the candle was three seconds late."""
    life = still_life(tmp_path_factory.mktemp("models"))
    changed = frozenset(life.board.snapshot().signals)
    life.application.promptness.hear(life.board.snapshot(), changed)
    life.clock.advance(timedelta(minutes=15, seconds=3))
    life.feed.refresh_once()
    life.application.promptness.hear(life.board.snapshot(), changed)
    return life


def samples_of(client: TestClient) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    answer = client.get("/api/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parsed(answer.text)
        for sample in family.samples
    }


@pytest.mark.slow
def test_metrics_tell_the_board_the_feed_and_the_ledger(own_life: StillLife) -> None:
    with client_of(own_life.application) as client:
        found = samples_of(client)
    assert found["candor_signals", "15m"] == 3
    assert found["candor_ready",] == 1
    assert found["candor_feed_series", "fresh", "15m"] == 4
    assert found["candor_feed_lag_seconds", "15m"] == 0
    assert found["candor_boards_total",] >= 2
    assert found["candor_boards_computing_seconds_total",] > 0
    assert found["candor_ledger_waiting",] == 0
    assert [found["candor_alert_messages_total", fate] for fate in ("sent", "refused", "unclear")] == [0, 0, 0]
    assert found["candor_pages_open",] == 0
    assert found["process_resident_memory_bytes",] > 0


@pytest.mark.slow
def test_the_time_from_close_to_signal_leaves_out_what_closed_before_the_start(own_life: StillLife) -> None:
    with client_of(own_life.application) as client:
        found = samples_of(client)
    name = "candor_close_to_signal_seconds"
    assert found[f"{name}_count", "15m"] == 3
    assert found[f"{name}_bucket", "2.0", "15m"] == 0
    assert found[f"{name}_bucket", "3.0", "15m"] == 3
    assert found[f"{name}_sum", "15m"] == pytest.approx(9)
    assert found[f"{name}_count", "1h"] == 0


@pytest.mark.slow
def test_a_candle_that_does_not_come_shows_as_lag(tmp_path: Path) -> None:
    life = still_life(tmp_path)
    life.clock.advance(timedelta(minutes=15, seconds=40))
    with client_of(life.application) as client:
        found = samples_of(client)
    assert found["candor_feed_lag_seconds", "15m"] == 40
    assert found["candor_feed_series", "stale", "15m"] == 4
    assert found["candor_feed_late_total", "15m"] == 0  # the feed has not looked yet
    assert found["candor_feed_audits_total", "15m"] == found["candor_feed_corrections_total", "15m"] == 0
    assert found["candor_feed_made_total", "1h"] == found["candor_feed_made_otherwise_total", "1h"] == 0
    assert found["candor_feed_lag_seconds", "1h"] == 0


@pytest.mark.slow
def test_requests_and_the_weight_that_an_exchange_counts_are_told_where_it_says_so(
    own_life: StillLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = own_life.feed.market
    assert market is not None
    with client_of(own_life.application) as client:
        assert ("candor_exchange_requests_total",) not in samples_of(client)
        monkeypatch.setattr(market, "traffic", lambda: Traffic(120, 3, 85))
        found = samples_of(client)
    assert found["candor_exchange_requests_total",] == 120
    assert found["candor_exchange_errors_total",] == 3
    assert found["candor_exchange_used_weight",] == 85


@pytest.mark.slow
def test_a_part_that_cannot_tell_is_missing_and_takes_no_other_with_it(own_life: StillLife) -> None:
    broken = replace(own_life.application, recorder=None)  # type: ignore[arg-type]
    with client_of(broken) as client:
        found = samples_of(client)
    assert ("candor_ledger_waiting",) not in found
    assert found["candor_signals", "15m"] == 3


@pytest.mark.slow
def test_warnings_and_errors_are_counted_by_who_logged_them(own_life: StillLife) -> None:
    logging.getLogger().addHandler(COUNTED)
    try:
        with client_of(own_life.application) as client:
            before = samples_of(client).get(("candor_log_records_total", "warning", "core.market"), 0)
            logging.getLogger("core.market.feed").warning("The exchange is slow.")
            assert samples_of(client)["candor_log_records_total", "warning", "core.market"] == before + 1
    finally:
        logging.getLogger().removeHandler(COUNTED)


@pytest.mark.slow
def test_open_pages_are_counted_by_whoever_serves_them(own_life: StillLife) -> None:
    with TestClient(create_api(lambda: own_life.application, lambda: 7), root_path="/api") as client:
        assert samples_of(client)["candor_pages_open",] == 7


def test_no_label_names_a_coin_and_no_label_multiplies_another_but_a_state(own_life: StillLife) -> None:
    with client_of(own_life.application) as client:
        text = client.get("/api/metrics").text
    ours = [sample for family in parsed(text) for sample in family.samples if sample.name.startswith("candor_")]
    assert {label for sample in ours for label in sample.labels} <= {
        "timeframe",
        "state",
        "level",
        "room",
        "le",
        "transport",
        "fate",
    }
    assert "BTC" not in text
    assert {sample.labels["timeframe"] for sample in ours if "timeframe" in sample.labels} == set(Timeframe)
