"""/api/ledger/export: the whole ledger as a file that is never whole in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow.csv
import pyarrow.parquet
import pytest
from starlette.testclient import TestClient

from core.api import export
from tests.api.client import refusal
from tests.api.recorded import client_over_history


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Over a ledger in which 40 candles of two coins were recorded before."""
    with client_over_history(tmp_path_factory.mktemp("ledger"), candles=40) as client:
        yield client


@pytest.mark.slow
def test_csv_and_parquet_hold_the_same_signals_with_what_became_of_them(client: TestClient) -> None:
    csv, parquet = (client.get(f"/api/ledger/export?format={form}") for form in ("csv", "parquet"))
    table, same = pyarrow.csv.read_csv(io.BytesIO(csv.content)), pyarrow.parquet.read_table(io.BytesIO(parquet.content))
    assert table.column_names == same.column_names
    assert same["p_long"].to_pylist() == table["p_long"].to_pylist()
    assert set(same["origin"].to_pylist()) == {"live", "replayed"}
    assert 0 < same["touched"].null_count < same.num_rows
    assert 'filename="candor-simulated-seed1-signals-to-' in csv.headers["content-disposition"]


@pytest.mark.slow
def test_other_tables_are_candles_without_a_signal_and_models(client: TestClient) -> None:
    assert b'"data_until_ms"' in client.get("/api/ledger/export?table=models").content.splitlines()[0]
    assert client.get("/api/ledger/export?table=missing").content.startswith(b'"seq","recorded_at_ms","symbol"')


@pytest.mark.slow
@pytest.mark.parametrize("query", ["format=xml", "table=entries"])
def test_what_cannot_be_written_is_refused_with_the_choices(client: TestClient, query: str) -> None:
    assert "Choose one of" in refusal(client.get(f"/api/ledger/export?{query}"), 422, "invalid_request")


def test_only_a_few_files_are_written_at_a_time_and_each_makes_room_again(client: TestClient) -> None:
    for _ in range(export.AT_ONCE):
        assert export._writing.acquire(blocking=False)
    try:
        refusal(client.get("/api/ledger/export"), 503, "busy")
    finally:
        for _ in range(export.AT_ONCE):
            export._writing.release()
    for _ in range(export.AT_ONCE + 1):
        assert client.get("/api/ledger/export").status_code == 200
