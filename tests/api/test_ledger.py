"""What was recorded is served in order, page by page, with the end of the chain that proves it."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from core.api import ledger as ledger_routes
from core.domain import Timeframe
from core.findings import LedgerDamage, LedgerFault
from core.journal.places import SqliteFile
from core.journal.reading import Wanted
from core.journal.replayer import Replayer
from core.journal.resolution import resolve
from core.journal.retold import prediction_json
from core.journal.store import Ledger
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from core.prediction import PredictionResult
from core.wording.sentences import ledger_text
from tests.api.client import client_of, refusal
from tests.journal.made_entries import signal
from tests.journal.small_life import BTC, QUARTER, SmallLife, counted
from tests.pages.fake_board import FakeApplication
from tests.waiting import until


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLife]:
    """Six live signals: one of 4h, five of 15m; the first candle of DOGE without one is over."""
    life = SmallLife(tmp_path_factory.mktemp("ledger"))
    recorder = life.application.recorder
    recorder.start(life.board)
    life.board.recompute()
    for recorded in range(2, 6):
        until(lambda recorded=recorded: (opened := recorder.opened()) is not None and live(opened) == recorded)
        life.advance(QUARTER)
    until(lambda: (opened := recorder.opened()) is not None and live(opened) == 6 and opened.checked is not None)
    yield life
    life.application.stop()


def live(opened) -> int:
    return opened.reader.head_and_counts()[1].live


@pytest.fixture(scope="module")
def client(life: SmallLife) -> Iterator[TestClient]:
    with client_of(life.application) as client:
        yield client


@pytest.mark.slow
def test_signals_come_in_the_order_they_were_recorded_as_they_were_shown(client: TestClient, life: SmallLife) -> None:
    body = client.get("/api/signals?timeframe=15m").json()
    assert (body["status"], body["count"], body["market"]["kind"]) == ("success", 5, "simulated")
    first = body["signals"][0]
    assert (first["symbol"], first["timeframe"], first["origin"], first["outcome"]) == ("BTCUSDT", "15m", "live", None)
    assert first["candle_open_time"] == "2025-09-03T11:45:00Z"
    assert (first["delay_seconds"], first["late"]) == (0, False)
    assert sum(first["probabilities"].values()) == pytest.approx(1)
    assert first["trust"]["verdict"]
    shown = client.get("/api/predictions/BTCUSDT").json()
    newest = body["signals"][-1]
    assert {name: newest[name] for name in shown if name not in {"status", "market"}} == {
        name: value for name, value in shown.items() if name not in {"status", "market"}
    }


@pytest.mark.slow
def test_pages_lead_to_the_end_and_an_empty_page_to_itself(client: TestClient) -> None:
    found, after = [], 0
    while (page := client.get(f"/api/signals?limit=2&after={after}").json())["count"]:
        assert page["count"] <= 2
        found += [each["seq"] for each in page["signals"]]
        after = page["next_after"]
    assert found == sorted(set(found))
    assert len(found) == 6
    assert page["signals"] == []
    assert client.get(f"/api/signals?after={page['next_after']}").json()["next_after"] == page["next_after"]


@pytest.mark.slow
def test_filters_leave_out_and_a_program_that_follows_them_reads_no_entry_twice(client: TestClient) -> None:
    head = client.get("/api/ledger/head").json()["seq"]
    by_4h = client.get("/api/signals?timeframe=4h&symbols=BTC&origin=live").json()
    assert [each["timeframe"] for each in by_4h["signals"]] == ["4h"]
    assert by_4h["next_after"] == head
    assert client.get("/api/signals?origin=replayed").json()["count"] == 0
    assert client.get("/api/signals?symbols=DOGE").json()["count"] == 0


def test_one_signal_is_found_by_its_number_and_silence_is_none(client: TestClient) -> None:
    seqs = {each["seq"] for each in client.get("/api/signals").json()["signals"]}
    head = client.get("/api/ledger/head").json()["seq"]
    assert client.get(f"/api/signals/{min(seqs)}").json()["seq"] == min(seqs)
    others = [seq for seq in range(1, head + 2) if seq not in seqs]
    for seq in (*others, 2**63 - 1):
        assert "is no signal" in refusal(client.get(f"/api/signals/{seq}"), 404, "unknown_signal")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=-1", 422, "invalid_request"),
        ("after=x", 422, "invalid_request"),
        ("after=1.5", 422, "invalid_request"),
        ("after=1.0", 422, "invalid_request"),
        ("after=1_0", 422, "invalid_request"),
        ("after=%D9%A1", 422, "invalid_request"),
        ("after=", 422, "invalid_request"),
        ("limit=10.0", 422, "invalid_request"),
        (f"after={2**63}", 422, "invalid_request"),
        (f"after={10**400}", 422, "invalid_request"),
        (f"after={2**63 - 1}", 400, "bad_cursor"),
        ("limit=0", 422, "invalid_request"),
        ("limit=1001", 422, "invalid_request"),
        ("origin=alive", 422, "invalid_request"),
        ("origin=", 422, "invalid_request"),
        ("symbols=", 422, "invalid_request"),
        ("symbols=NOSUCH", 404, "unknown_symbol"),
        ("timeframe=5m", 404, "unknown_timeframe"),
        ("timeframe=", 404, "unknown_timeframe"),
        ("before=3", 422, "invalid_request"),
        ("after=1&after=2", 422, "invalid_request"),
    ],
)
def test_what_can_never_be_right_is_refused(client: TestClient, query: str, status: int, code: str) -> None:
    refusal(client.get(f"/api/signals?{query}"), status, code)


def test_a_cursor_of_another_ledger_is_named_with_this_ones_end_and_what_to_send(client: TestClient) -> None:
    head = client.get("/api/ledger/head").json()
    for path in ("signals", "changes", "alerts", "stream"):
        answer = client.get(f"/api/{path}?after={head['seq'] + 1}")
        message = refusal(answer, 400, "bad_cursor")
        assert f"'after' is {head['seq'] + 1}" in message, path
        assert f"after={head['seq']}" in message, path
        assert (answer.json()["ledger"], answer.json()["head"]) == (head["ledger"], head["seq"])
    for path in ("signals", "changes", "alerts"):
        assert client.get(f"/api/{path}?after={head['seq']}").status_code == 200, path


@pytest.mark.parametrize("seq", ["0", "-1", "x", "1.5", str(2**63), "%00", "1e3"])
def test_what_is_no_number_of_an_entry_is_refused(client: TestClient, seq: str) -> None:
    refusal(client.get(f"/api/signals/{seq}"), 422, "invalid_request")


def test_the_head_is_the_chains_and_says_up_to_where_it_was_verified(client: TestClient, life: SmallLife) -> None:
    head = client.get("/api/ledger/head").json()
    ledger = Ledger.open(SqliteFile("simulated-seed1", life.data_dir / "ledger-simulated-seed1.db"))
    verified = verify(ledger.database)
    assert isinstance(verified, Verified)
    ledger.close()
    assert (head["seq"], head["hash"]) == (verified.head.seq, verified.head.hash.hex())
    assert head["ledger"] == "simulated-seed1"
    assert head["counts"]["live"] == 6
    assert head["counts"]["missing"] >= 1
    assert head["damage"] is None
    assert head["verified_whole_at"] <= head["verified_at"]
    assert head["verified_seq"] <= head["seq"]
    assert head["parity"] is None


@pytest.mark.slow
def test_whatever_is_read_of_a_ledger_says_whether_it_is_as_it_was_written(
    client: TestClient, life: SmallLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = client.get("/api/signals").json()["signals"][0]["seq"]
    routes = ["/api/signals", f"/api/signals/{seq}", "/api/changes", "/api/track-record"]
    assert [client.get(route).json()["verification"]["verified"] for route in routes] == [True] * 4
    found = damaged(life, monkeypatch)
    verifications = [client.get(route).json()["verification"] for route in routes]
    assert verifications == [{"verified": False, "damage": client.get("/api/ledger/head").json()["damage"]}] * 4
    assert verifications[0]["damage"] == {"seq": found.seq, "fault": "missing", "message": ledger_text(found)}


def test_a_file_of_a_damaged_ledger_says_so_in_its_name_its_header_and_its_metadata(
    client: TestClient, life: SmallLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "-damaged" not in client.get("/api/ledger/export").headers["content-disposition"]
    sentence = ledger_text(damaged(life, monkeypatch))
    csv, parquet = (client.get(f"/api/ledger/export?format={form}") for form in ("csv", "parquet"))
    for file, ending in ((csv, "csv"), (parquet, "parquet")):
        assert file.headers["content-disposition"].endswith(f'-damaged.{ending}"')
        assert file.headers["candor-ledger-damage"] == sentence
    assert pyarrow.parquet.read_schema(io.BytesIO(parquet.content)).metadata[b"damage"].decode() == sentence


def damaged(life: SmallLife, monkeypatch: pytest.MonkeyPatch) -> LedgerDamage:
    """What the last verification is said to have found."""
    verifier, found = life.application.recorder._recording.verifier, LedgerDamage(3, LedgerFault.MISSING)
    monkeypatch.setattr(verifier, "checked", replace(verifier.checked, head=None, damage=found))
    return found


def test_barriers_are_told_as_the_outcome_is_judged_by_them_unrounded(client: TestClient, life: SmallLife) -> None:
    listed = client.get("/api/signals").json()["signals"][0]
    entry = life.application.recorder.opened().reader.signal(listed["seq"]).entry
    assert listed["exact_barriers"] == {"upper": entry.upper_barrier, "lower": entry.lower_barrier}
    assert listed["barriers"] != listed["exact_barriers"]
    assert listed["barriers"]["upper"] == pytest.approx(entry.upper_barrier, rel=1e-3)


def test_the_head_says_whether_live_signals_are_what_their_replay_says(client: TestClient, life: SmallLife) -> None:
    application = life.application
    nothing_old = application.settings.model_copy(update={"replay_days": 0})
    replayer = Replayer(application.feed, application.registry, life.board, application.recorder, nothing_old)
    replayer.look()
    with client_of(replace(application, replayer=replayer)) as asked:
        parity = asked.get("/api/ledger/head").json()["parity"]
    assert (parity["compared"], parity["equal"], parity["largest_difference"]) == (6, 6, 0.0)
    assert (parity["left_out"], parity["compared_since"]) == (0, parity["compared_at"])
    assert parity["message"] == "6 of 6 live signals are what their replay says."


def test_every_address_of_the_ledger_answers_in_the_shape_its_documentation_promises(client: TestClient) -> None:
    routes = [route for route in ledger_routes.router.routes if isinstance(route, APIRoute)]
    assert len(routes) == 3
    first = client.get("/api/signals").json()["signals"][0]["seq"]
    for route in routes:
        answer = client.get("/api" + route.path_format.format(seq=first))
        assert answer.status_code == 200, route.path
        route.responses[200]["model"].model_validate_json(answer.content)


def test_an_answer_that_has_not_changed_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/api/signals").json()["signals"][0]["seq"]
    for path in ("/api/signals", "/api/ledger/head", f"/api/signals/{first}"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert client.head(path).status_code == 200


@pytest.mark.slow
def test_a_coin_that_is_followed_no_longer_is_still_found(life: SmallLife, tmp_path: Path) -> None:
    class Narrowed(FakeApplication):
        recorder = life.application.recorder

        def __init__(self) -> None:
            super().__init__()
            del self.recorder

    with client_of(Narrowed()) as client:
        assert client.get("/api/signals?symbols=BTC").json()["count"] == 6
        refusal(client.get("/api/signals?symbols=DOGE"), 404, "unknown_symbol")


# ---------------------------------------------------------------- what became of signals


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallLife, TestClient]]:
    """A live signal and its replay whose horizon is over, one of each that is still open, and a correction."""
    life = SmallLife(tmp_path_factory.mktemp("outcomes"))
    recorder = life.application.recorder
    recorder.start(life.board)
    life.board.recompute()
    until(lambda: (opened := recorder.opened()) is not None and live(opened) == 2)
    life.advance(16 * QUARTER)
    until(lambda: (opened := recorder.opened()) is not None and opened.reader.head_and_counts()[1].outcomes == 1)
    ledger = Ledger.open(SqliteFile("simulated-seed1", life.data_dir / "ledger-simulated-seed1.db"))
    opened = recorder.opened()
    assert opened is not None
    found, _ = opened.reader.signals(Wanted(timeframe=Timeframe.M15), 10)
    ledger.append([replace(each.entry, origin=Origin.REPLAYED, shown=None) for each in found])
    resolve(ledger, BTC, life.feed.arrays(*BTC), life.clock.now(), 0.04)
    before = found[0].outcome
    assert before is not None
    ledger.append([replace(before.entry, follows=before.seq, touched="both", candles_to_touch=2, r=-1.25)])
    ledger.close()
    with client_of(life.application) as client:
        yield life, client
    life.application.stop()


@pytest.mark.slow
def test_an_outcome_is_told_with_its_signal_the_newest_alone(later: tuple[SmallLife, TestClient]) -> None:
    _, client = later
    first, newest, *_ = client.get("/api/signals?timeframe=15m&origin=live").json()["signals"]
    assert newest["outcome"] is None
    outcome = first["outcome"]
    assert (outcome["touched"], outcome["came"], outcome["r"]) == ("both", True, -1.25)
    assert outcome["happened"] == "NO_TRADE", "both at once is no move that was promised"
    assert outcome["side_right"] is (None if first["direction"] == "NO_TRADE" else False)
    assert outcome["touched_at"] == "2025-09-03T12:30:00Z", "the second candle after the one that closed at noon"
    assert outcome["corrects"] < outcome["seq"]
    assert set(outcome["take_profits"]) == {"tp1", "tp2", "tp3"}
    assert client.get(f"/api/signals/{first['seq']}").json()["outcome"] == outcome


@pytest.mark.slow
def test_a_replayed_signal_has_the_keys_figures_and_reasons_of_a_shown_one(
    later: tuple[SmallLife, TestClient],
) -> None:
    _, client = later
    shown = client.get("/api/signals?timeframe=15m&origin=live").json()["signals"][0]
    replayed = client.get("/api/signals?timeframe=15m&origin=replayed").json()["signals"][0]
    apart = {"seq", "origin", "recorded_at", "outcome"}
    assert {name: value for name, value in replayed.items() if name not in apart} == {
        name: value for name, value in shown.items() if name not in apart
    }
    assert replayed["outcome"]["corrects"] is None


@pytest.mark.slow
def test_the_head_counts_what_is_known_and_what_is_open(later: tuple[SmallLife, TestClient]) -> None:
    life, client = later
    counts = client.get("/api/ledger/head").json()["counts"]
    expected = {"live": 4, "replayed": 2, "outcomes": 2, "open": 4, "overdue": 0, "corrections": 1, "models": 2}
    assert {name: counts[name] for name in expected} == expected
    assert counts["ahead"] == 0
    life.clock.advance(16 * QUARTER)
    try:
        assert client.get("/api/ledger/head").json()["counts"]["overdue"] == 2, "the newest of 15m, and its replay"
        life.clock.advance(-40 * QUARTER)
        assert client.get("/api/ledger/head").json()["counts"]["ahead"] > 0, "its clock was set back"
        life.clock.advance(40 * QUARTER)
    finally:
        life.clock.advance(-16 * QUARTER)


def test_signals_of_all_kinds_come_in_the_documented_shape(later: tuple[SmallLife, TestClient]) -> None:
    _, client = later
    answer = client.get("/api/signals")
    assert ledger_routes.SignalListAnswer.model_validate_json(answer.content).count == 6


def test_a_replay_of_a_model_that_nobody_described_has_no_figures_of_it() -> None:
    prediction = prediction_json(signal(origin=Origin.REPLAYED), None)
    assert set(prediction) == set(PredictionResult.__slots__)
    assert (prediction["model_accuracy"], prediction["usual_move_probability"], prediction["tp_eta_minutes"]) == (
        None,
        None,
        None,
    )
    assert prediction["trust"]["timing"] == {"verdict": "proven", "skill": None, "interval": None, "n": None}


# ---------------------------------------------------------------- a ledger in trouble


@pytest.mark.slow
def test_a_damaged_row_is_named_and_the_others_are_served(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: (opened := life.application.recorder.opened()) is not None and live(opened) == 2)
    with sqlite3.connect(life.data_dir / "ledger-simulated-seed1.db") as connection:
        connection.execute("UPDATE signals SET origin = 'replayed' WHERE seq = 3")
    connection.close()
    with client_of(life.application) as client:
        assert "Entry 3" in refusal(client.get("/api/signals"), 503, "ledger_damaged")
        assert [each["seq"] for each in client.get("/api/signals?after=3").json()["signals"]] == [4]
    life.application.stop()


@pytest.mark.slow
def test_before_the_ledger_is_open_programs_are_told_to_ask_again(tmp_path: Path) -> None:
    application = SmallLife(tmp_path).application
    with client_of(application) as client:
        for path in ("/api/signals", "/api/signals/1", "/api/ledger/head"):
            answer = client.get(path)
            assert refusal(answer, 503, "ledger_unavailable") == "The ledger is being opened."
            assert answer.headers["Retry-After"]
        state = client.get("/api/health/ready").json()["ledger"]
        assert state == {"name": None, "state": "opening", "waiting": 0, "troubles": []}
    application.board.stop()


@pytest.mark.slow
def test_a_board_is_ready_before_its_ledger_and_says_of_that_whether_it_can_be_read(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    life.board.recompute()
    with client_of(life.application) as client:
        ready = client.get("/api/health/ready")
        assert (ready.status_code, ready.json()["ledger"]["state"]) == (200, "opening")
        life.application.recorder.start(life.board)
        life.board.recompute()
        until(lambda: life.application.recorder.opened() is not None)
        ready = client.get("/api/health/ready")
        assert (ready.status_code, ready.json()["ledger"]["state"]) == (200, "open")
    life.application.stop()


@pytest.mark.slow
def test_a_ledger_that_cannot_be_written_is_named_by_the_health_check_and_the_signals_go_on(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    life.data_dir.write_text("a file stands where the folder would")
    life.application.recorder.start(life.board)
    life.board.recompute()
    with client_of(life.application) as client:
        until(lambda: bool(life.application.recorder.state().troubles))
        ready = client.get("/api/health/ready")
        assert ready.status_code in {200, 503}
        assert "What is shown has not been recorded since" in ready.json()["ledger"]["troubles"][0]
        assert ready.json()["ledger"]["state"] == "unavailable"
        assert client.get("/api/predictions").json()["count"] == 1
        assert "has not been recorded" in refusal(client.get("/api/ledger/head"), 503, "ledger_unavailable")
    life.application.stop()


@pytest.mark.slow
def test_a_ledger_that_cannot_be_read_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.journal.database.BUSY_SECONDS", 0.05)
    life = SmallLife(tmp_path)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: counted(life) == 2)
    other = sqlite3.connect(life.data_dir / "ledger-simulated-seed1.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with client_of(life.application) as client:
        assert "locked" in refusal(client.get("/api/signals"), 503, "ledger_unavailable")
    other.execute("ROLLBACK")
    other.close()
    life.application.stop()
