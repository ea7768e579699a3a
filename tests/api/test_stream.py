"""The event stream tells what was entered, in order and once, from wherever a client left off."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.api.connections import TimedConnection
from core.api.tail import Tail
from core.findings import LedgerDamage, LedgerFault
from core.journal.entries import SignalEntry
from core.journal.vocabulary import Origin
from tests.api.client import client_of, refusal
from tests.api.streams import SECONDS, Message, Streaming, next_of, numbers_until, streaming
from tests.journal.made_entries import outcome, signal
from tests.journal.small_life import SmallLife
from tests.waiting import until

SIGNALS = ("signal", "outcome")
BESIDE = {"status", "market", "verification"}
"""What an answer says beside its signal."""


class Impatient(TimedConnection):
    reading_seconds = 0.5


@pytest.fixture(scope="module", autouse=True)
def _eager() -> Iterator[None]:
    """What others write is looked for often, and little of it is kept at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.api.tail.POLL_SECONDS", 0.02)
        patch.setattr("core.api.tail.MOST_KEPT", 5)
        patch.setattr("core.api.follower.PAGE", 3)
        yield


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streaming]:
    with streaming(tmp_path_factory.mktemp("stream"), Impatient) as here:
        yield here


_candles = iter(range(100, 10_000))


def made(**changes) -> SignalEntry:
    """A signal on a candle of its own, later than all before."""
    return signal(next(_candles), **changes)


def shown(move: float, usual: float = 0.5, **more) -> dict:
    """What changes a made signal to one with this P(move)."""
    content = {"symbol": "BTCUSDT", "usual_move_probability": usual, "trust": {"reasons": []}} | more
    return {"p_move": move, "shown": json.dumps(content)}


@pytest.mark.slow
def test_a_stream_begins_at_the_end_and_tells_each_signal_as_the_api_does(here: Streaming) -> None:
    head = here.head()
    with here.listening() as messages:
        began = next(messages)
        assert (began.name, began.id) == ("begin", str(head))
        assert began.data == {
            "ledger": "simulated-seed1",
            "after": head,
            "head": head,
            "asked": None,
            "market": here.get("/api/signals").json()["market"],
            "verification": began.data["verification"],
        }
        assert next(messages).data["state"] == "fresh"
        (first,) = here.enter(made(symbol="NEWUSDT"))
        message = next(messages)
        assert (message.name, message.id) == ("signal", str(first))
        asked = here.get(f"/api/signals/{first}").json()
        assert {name: message.data[name] for name in asked if name not in BESIDE} == {
            name: value for name, value in asked.items() if name not in BESIDE
        }
        assert message.data["id"] == message.data["seq"] == first


@pytest.mark.slow
def test_whoever_names_the_last_entry_it_heard_of_hears_all_that_came_since_and_nothing_twice(here: Streaming) -> None:
    entered = here.enter(*(made() for _ in range(20)))
    for query, headers in (
        (f"?after={entered[0]}", {}),
        ("", {"Last_Event_ID": str(entered[0])}),
        ("?after=1", {"Last_Event_ID": str(entered[0])}),
    ):
        with here.listening(query, **headers) as messages:
            assert next(messages).data["after"] == entered[0]
            assert numbers_until(messages, entered[-1], "signal") == entered[1:]
            more = here.enter(made(), made())
            assert numbers_until(messages, more[-1], "signal") == more
        entered += more


@pytest.mark.slow
def test_a_signal_that_says_something_else_than_the_one_before_is_told_as_a_change(here: Streaming) -> None:
    side = {"side": "proven", "p_long": 0.4, "p_short": 0.1}
    entries = [
        made(symbol="CHANGEUSDT", **shown(0.5), side="unproven"),
        made(symbol="CHANGEUSDT", **shown(0.52), side="unproven", direction="SHORT"),
        made(symbol="CHANGEUSDT", **shown(0.6), side="unproven"),
        made(symbol="CHANGEUSDT", **shown(0.6), **side),
        made(symbol="CHANGEUSDT", **shown(0.6), **side, verdict="no_skill"),
    ]
    with here.listening() as messages:
        next(messages)
        numbers = here.enter(*entries)
        pushes = [next_of(messages, *SIGNALS, "signal_changed") for _ in range(8)]
    assert [each.data["id"] for each in pushes] == [numbers[n] for n in (0, 1, 2, 2, 3, 3, 4, 4)]
    assert [each.name for each in pushes[2:]] == ["signal", "signal_changed"] * 3
    assert [each.id for each in pushes[2:]] == [None, str(numbers[2]), None, str(numbers[3]), None, str(numbers[4])]
    assert [each.data["changed"] for each in pushes if each.name == "signal"] == [
        None,
        None,
        {"previous_seq": numbers[1], "band": {"before": "usual", "now": "likely"}},
        {
            "previous_seq": numbers[2],
            "side": {"before": None, "now": "LONG"},
            "side_strength": {"before": "unclear", "now": "clear"},
        },
        {"previous_seq": numbers[3], "verdict": {"before": "trusted", "now": "no_skill"}},
    ]


@pytest.mark.slow
def test_what_became_of_a_signal_is_told_and_so_is_a_correction(here: Streaming) -> None:
    with here.listening() as messages:
        next(messages)
        (of,) = here.enter(made(symbol="KNOWNUSDT"))
        (known,) = here.enter(outcome(of))
        (corrected,) = here.enter(outcome(of, follows=known, touched="lower"))
        pushes = [next_of(messages, *SIGNALS) for _ in range(3)]
    assert [(each.name, each.id) for each in pushes] == [
        ("signal", str(of)), ("outcome", str(known)), ("outcome", str(corrected)),
    ]  # fmt: skip
    assert pushes[0].data["outcome"] is None
    assert [each.data["outcome"]["touched"] for each in pushes[1:]] == ["upper", "lower"]
    assert [each.data["outcome"]["corrects"] for each in pushes[1:]] == [None, known]
    with here.listening(f"?after={of - 1}") as again:
        next(again)
        assert [next_of(again, *SIGNALS) for _ in range(3)] == pushes


@pytest.mark.slow
def test_replayed_signals_are_no_events_and_their_numbers_are_passed(here: Streaming) -> None:
    with here.listening() as messages:
        next(messages)
        replayed = here.enter(*(made(origin=Origin.REPLAYED) for _ in range(12)))
        here.enter(outcome(replayed[0]))
        (live,) = here.enter(made())
        assert next_of(messages, *SIGNALS).data["id"] == live


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?symbols=BTC", [0, 2]),
        ("?symbols=BTC,DOGE", [0, 1, 2, 3]),
        ("?timeframe=4h", [2, 3]),
        ("?symbols=DOGEUSDT&timeframe=4h", [3]),
    ],
)
def test_a_client_hears_of_the_coins_and_the_timeframe_it_asked_for(
    here: Streaming, query: str, expected: list[int]
) -> None:
    from core.domain import Timeframe

    series = [(symbol, tf) for tf in (Timeframe.M15, Timeframe.H4) for symbol in ("BTCUSDT", "DOGEUSDT")]
    with here.listening(query) as messages:
        next(messages)
        number = next(_candles)
        entered = here.enter(*(signal(number, timeframe, symbol=symbol) for symbol, timeframe in series))
        wanted = [entered[n] for n in expected]
        assert numbers_until(messages, wanted[-1], *SIGNALS) == wanted


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=-1", 422, "invalid_request"),
        ("after=x", 422, "invalid_request"),
        (f"after={2**63}", 422, "invalid_request"),
        ("symbols=", 422, "invalid_request"),
        ("symbols=NOSUCH", 404, "unknown_symbol"),
        ("symbols=" + ",".join(["BTC"] * 2000), 422, "invalid_request"),
        ("timeframe=5m", 404, "unknown_timeframe"),
        ("after=1&after=2", 422, "invalid_request"),
        ("since=2", 422, "invalid_request"),
    ],
)
def test_what_can_never_be_right_is_refused_before_a_stream_begins(
    here: Streaming, query: str, status: int, code: str
) -> None:
    refusal(here.get(f"/api/stream?{query}"), status, code)


@pytest.mark.slow
@pytest.mark.parametrize("number", ["x", "-1", "1.5", str(2**63), "9" * 400, "１"])
def test_a_last_event_id_that_is_none_is_refused(here: Streaming, number: str) -> None:
    with client_of(here.application) as client:
        answer = client.get("/api/stream", headers={"Last-Event-ID": number.encode()})
    assert "Last-Event-ID" in refusal(answer, 422, "invalid_request")


@pytest.mark.slow
def test_a_browser_that_comes_back_from_another_ledger_begins_at_the_end_and_is_told_so(here: Streaming) -> None:
    """Refused, it would never come again; a program that asks for such a number is."""
    refusal(here.get(f"/api/stream?after={2**62}"), 400, "bad_cursor")
    with here.listening(Last_Event_ID=str(2**62)) as messages:
        began = next(messages).data
        assert (began["asked"], began["after"]) == (2**62, here.head())
        assert numbers_until(messages, (entered := here.enter(made()))[0], "signal") == entered


@pytest.mark.slow
def test_a_stream_is_neither_buffered_nor_compressed_and_a_head_leaves_nobody_listening(here: Streaming) -> None:
    until(lambda: here.tail.clients() == 0)
    with here.listening(Accept_Encoding="gzip, br") as messages:
        next(messages)
        until(lambda: here.tail.clients() == 1)
    import httpx2 as httpx

    answer = httpx.head(here.address + "/api/stream", headers={"Accept-Encoding": "gzip"}, timeout=SECONDS)
    assert (answer.status_code, answer.headers["X-Accel-Buffering"]) == (200, "no")
    assert answer.headers["Cache-Control"] == "no-cache, no-transform"
    assert "Content-Encoding" not in answer.headers
    until(lambda: here.tail.clients() == 0)


def test_silence_is_broken_by_the_number_that_was_reached(here: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.api.stream.KEEP_ALIVE_SECONDS", 0.05)
    with connected(here, "/api/stream?symbols=DOGE") as connection:
        lines = connection.makefile("r", encoding="utf-8")
        (entered,) = here.enter(made())
        assert any(line == f"id: {entered}\n" for line in lines)


@pytest.mark.slow
def test_clients_that_come_and_go_in_a_storm_leave_nothing_behind(here: Streaming) -> None:
    def come_and_go(_: int) -> None:
        with connected(here, "/api/stream"):
            pass

    with here.listening() as messages, ThreadPoolExecutor(16) as storm:
        next(messages)
        list(storm.map(come_and_go, range(200)))
        assert numbers_until(messages, (entered := here.enter(made()))[0], "signal") == entered
    until(lambda: here.tail.clients() == 0)
    until(lambda: not any(thread.name == "ledger-tail" for thread in threading.enumerate()))


@pytest.mark.slow
def test_a_client_that_does_not_read_is_dropped_and_others_hear_everything_meanwhile(here: Streaming) -> None:
    large = shown(0.5, padding="x" * 300_000)
    with here.listening() as messages, connected(here, "/api/stream") as idle, connected(here, "/api/stream") as second:
        next(messages)
        assert idle.recv(15) == second.recv(15) == b"HTTP/1.1 200 OK"
        until(lambda: here.tail.clients() == 3)
        for _ in range(40):
            (entered,) = here.enter(made(**large))
            assert next_of(messages, "signal").data["id"] == entered
        until(lambda: here.tail.clients() == 1)
        figures = here.get("/api/metrics").text
        assert 'candor_push_clients{transport="stream"} 1.0' in figures
        assert 'candor_push_clients_dropped_total{transport="stream"} 2.0' in figures
        assert 'candor_pushes_total{transport="socket_io"} 0.0' in figures


@pytest.mark.slow
def test_at_most_so_many_listen(here: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.api.tail.MOST_CLIENTS", 1)
    with here.listening() as messages:
        next(messages)
        assert "1 programs listen already" in refusal(here.get("/api/stream"), 503, "busy")


def test_the_stream_says_how_the_feed_stands_whenever_that_changes(here: Streaming) -> None:
    life = here.life
    with here.listening() as messages:
        assert next_of(messages, "market").data["state"] == "fresh"
        life.clock.advance(timedelta(minutes=31))
        late = next_of(messages, "market")
        assert (late.data["state"], late.id) == ("stale", None)
        assert late.data["timeframes"] == {"15m": {"series": 2, "behind": 2}, "4h": {"series": 2, "behind": 0}}
        life.feed.refresh_once()
        assert next_of(messages, "market").data["state"] == "fresh"


@pytest.mark.slow
def test_damage_that_is_found_is_told_at_once_and_to_whoever_comes_later_at_the_beginning(here: Streaming) -> None:
    verifier = here.application.recorder._recording.verifier
    until(lambda: verifier.checked is not None)
    whole = verifier.checked
    with here.listening() as messages:
        assert next_of(messages, "begin").data["verification"] == {"verified": True, "damage": None}
        next_of(messages, "market")
        verifier.checked = replace(whole, head=None, damage=LedgerDamage(2, LedgerFault.CHANGED))
        try:
            verification = next_of(messages, "verification").data
            assert (verification["verified"], verification["damage"]["seq"], verification["damage"]["fault"]) == (
                False,
                2,
                "changed",
            )
            assert "entry 2 was changed" in verification["damage"]["message"]
            with here.listening() as later:
                assert next_of(later, "begin").data["verification"] == verification
        finally:
            verifier.checked = whole
        assert next_of(messages, "verification").data == {"verified": True, "damage": None}


@pytest.mark.slow
def test_from_the_first_wrong_entry_on_every_event_says_that_it_may_not_be_what_was_written(here: Streaming) -> None:
    verifier = here.application.recorder._recording.verifier
    until(lambda: verifier.checked is not None)
    whole = verifier.checked
    with here.listening() as messages:
        before, changed, *_ = entered = here.enter(made(), made(), made())
        assert {next_of(messages, "signal").data["damage"] for _ in entered} == {None}
        verifier.checked = replace(whole, head=None, damage=LedgerDamage(changed, LedgerFault.CHANGED))
        try:
            damage = next_of(messages, "verification").data["damage"]
            with here.listening(f"?after={before - 1}") as again:
                assert [next_of(again, "signal").data["damage"] for _ in entered] == [None, damage, damage]
            here.enter(made())
            assert next_of(messages, "signal").data["damage"] == damage
            assert here.get(f"/api/signals/{changed}").json()["verification"]["damage"] == damage
        finally:
            verifier.checked = whole
        next_of(messages, "verification")
        here.enter(made())
        assert next_of(messages, "signal").data["damage"] is None


def test_one_event_that_cannot_be_told_takes_no_other_along(here: Streaming) -> None:
    broken = made(shown="this is no JSON of a prediction", p_move=0.5)
    with here.listening() as messages:
        next(messages)
        entered = here.enter(broken, made())
        pushes = [next_of(messages, "damaged", "signal") for _ in entered]
        assert [(each.name, each.id, each.data["id"]) for each in pushes] == [
            ("damaged", str(entered[0]), entered[0]),
            ("signal", str(entered[1]), entered[1]),
        ]


@pytest.mark.slow
def test_there_is_no_stream_without_a_ledger(tmp_path: Path) -> None:
    with client_of(SmallLife(tmp_path).application) as client:
        refusal(client.get("/api/stream"), 503, "ledger_unavailable")


@pytest.mark.slow
def test_a_ledger_that_is_gone_is_told_and_another_one_ends_the_stream(tmp_path: Path) -> None:
    with streaming(tmp_path) as here:
        with here.listening() as messages:
            next(messages)
            here.ledger.database.path.rename(tmp_path / "moved-away.db")
            here.life.advance(timedelta(minutes=15))
            heard: list[Message] = list(messages)
        assert [each.name for each in heard if each.name in {"unavailable", "moved"}][-1] == "moved"
        assert (heard[-1].name, heard[-1].data, heard[-1].id) == ("moved", {"ledger": "simulated-seed1"}, "")


def test_a_ledger_that_is_as_long_as_the_one_whose_place_it_took_is_another_one(
    here: Streaming, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with streaming(tmp_path / "other") as other:
        other.enter(*(made() for _ in range(here.head() + 1)))
        with here.listening() as messages:
            next(messages)
            monkeypatch.setattr(here.application.recorder, "opened", other.application.recorder.opened)
            assert next_of(messages, "moved").data == {"ledger": "simulated-seed1"}
        monkeypatch.undo()


def test_one_whose_place_another_took_before_anybody_had_looked_at_it_is_another_one_too(
    here: Streaming, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, look = threading.Event(), Tail._look
    monkeypatch.setattr(Tail, "_look", lambda tail, application: replaced.wait() and look(tail, application))
    with streaming(tmp_path / "other") as other:
        other.enter(*(made() for _ in range(here.head() + 1)))
        with here.listening() as messages:
            assert next(messages).name == "begin"
            monkeypatch.setattr(here.application.recorder, "opened", other.application.recorder.opened)
            replaced.set()
            assert next_of(messages, "moved").data == {"ledger": "simulated-seed1"}
        monkeypatch.undo()


def test_a_ledger_that_cannot_be_read_is_told_and_what_was_entered_meanwhile_comes_afterwards(
    here: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    with here.listening() as messages:
        next(messages)
        opened = here.application.recorder.opened
        monkeypatch.setattr(here.application.recorder, "opened", lambda: None)
        assert next_of(messages, "unavailable").data["message"]
        entered = here.enter(made(), made())
        monkeypatch.setattr(here.application.recorder, "opened", opened)
        assert numbers_until(messages, entered[-1], "signal") == entered


@pytest.mark.slow
def test_whatever_goes_wrong_beside_the_ledger_the_tail_goes_on(
    here: Streaming, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed = threading.Event()

    def wait_for_entries(*_: object) -> int:
        failed.set()
        raise RuntimeError("nobody foresaw it")

    with here.listening() as messages:
        next(messages)
        with monkeypatch.context() as patch:
            patch.setattr(here.application.recorder, "wait_for_entries", wait_for_entries)
            assert failed.wait(SECONDS)
        assert numbers_until(messages, (entered := here.enter(made()))[0], "signal") == entered
    assert [record.getMessage() for record in caplog.records if record.name == "core.api.tail"] == [
        "Looking at the end of the ledger failed; it is tried again."
    ]


@pytest.mark.slow
def test_the_servers_end_ends_every_stream_at_once(tmp_path: Path) -> None:
    with streaming(tmp_path) as here, ExitStack() as streams:
        clients = [streams.enter_context(here.listening()) for _ in range(5)]
        for messages in clients:
            assert next(messages).name == "begin"
        here.tail.end()
        assert all(list(messages) is not None for messages in clients)
        until(lambda: here.tail.clients() == 0)
        refusal(here.get("/api/stream"), 503, "busy")


def connected(here: Streaming, path: str) -> socket.socket:
    """A connection on which a stream is asked for, of which nothing is read."""
    connection = socket.create_connection(("127.0.0.1", here.port), timeout=SECONDS)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with suppress(OSError):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    return connection
