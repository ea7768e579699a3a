"""Socket.IO tells the same as the event stream, to real clients, and lets go of those that do not read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import httpx2 as httpx
import pytest
import socketio
from starlette.types import ASGIApp

from core.api import reading
from core.api.beside import SocketIoBesideDashboard
from core.api.compression import Compression
from core.api.follower import Beginning, Follower
from core.api.frames import FramedConnection
from core.api.head import HeadAsGet
from core.api.push import Push
from core.api.socket_io import Client as Connected
from core.api.socket_io import SocketPushes
from core.api.tail import Tail, Window
from core.api.transport import Transport
from tests import event_loop
from tests.api.streams import SECONDS, Streaming, _nothing
from tests.api.test_stream import made, shown
from tests.journal.made_entries import outcome
from tests.served import served
from tests.waiting import until

EVENTS = ("begin", "signal", "signal_changed", "outcome", "market", "unavailable", "available", "moved")


@pytest.fixture(scope="module", autouse=True)
def _eager() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.api.tail.POLL_SECONDS", 0.02)
        patch.setattr("core.api.socket_io.POLL_SECONDS", 0.02)
        patch.setattr("core.api.tail.MOST_KEPT", 5)
        patch.setattr("core.api.follower.PAGE", 3)
        yield


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streaming]:
    """Below a base path, as behind a proxy."""
    here = Streaming(tmp_path_factory.mktemp("sockets"))
    pushes = SocketPushes(here.tail)
    inside: ASGIApp = SocketIoBesideDashboard(_nothing, pushes.app, "/candor")
    with served(HeadAsGet(Compression(inside)), ws=FramedConnection) as port:
        here.port = port
        yield here
        here.close()


class Client:
    """A real client and what it heard."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient(reconnection=False)
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for name in EVENTS:
            self.socket.on(name, self._hearing(name))

    def _hearing(self, name: str) -> Callable[[Any], Awaitable[None]]:
        async def hear(data: Any) -> None:
            await self.heard.put((name, data))

        return hear

    async def next(self, *names: str) -> tuple[str, Any]:
        """The next event of one of these names."""
        async with asyncio.timeout(SECONDS):
            while (event := await self.heard.get())[0] not in names:
                pass
        return event

    async def numbers(self, last: int, *names: str) -> list[int]:
        found: list[int] = []
        while not found or found[-1] < last:
            found.append((await self.next(*names))[1]["id"])
        return found

    async def ask(self, name: str, data: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self.socket.call(name, data, timeout=SECONDS)
        return answer


@asynccontextmanager
async def connected(here: Streaming, *transports: str):
    client = Client()
    await client.socket.connect(
        here.address, socketio_path="/candor/socket.io", transports=list(transports) or None, wait_timeout=SECONDS
    )
    try:
        yield client
    finally:
        await client.socket.disconnect()


async def until_there(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def entered(here: Streaming, *entries) -> list[int]:
    return await asyncio.to_thread(here.enter, *entries)


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_client_hears_what_the_event_stream_says_once_it_has_subscribed(here: Streaming, transport: str) -> None:
    async def hear() -> None:
        async with connected(here, transport) as client:
            began = (await client.next("begin"))[1]
            assert (began["ledger"], began["after"]) == ("simulated-seed1", here.head())
            assert (await client.next("market"))[1]["state"] == "fresh"
            answer = await client.ask("subscribe", {"symbols": ["BTC"], "timeframe": "15m"})
            assert answer["rooms"] == [{"symbol": "BTCUSDT", "timeframe": "15m"}]
            numbers = await entered(here, made(**shown(0.5)), made(symbol="DOGEUSDT"), made(**shown(0.7)))
            numbers += await entered(here, outcome(numbers[0]))
            heard = [await client.next("signal")]
            while heard[-1][0] != "outcome":
                heard.append(await client.next("signal", "signal_changed", "outcome"))
            assert [(name, data["id"]) for name, data in heard[-3:]] == [
                ("signal", numbers[2]), ("signal_changed", numbers[2]), ("outcome", numbers[3]),
            ]  # fmt: skip
            asked = await asyncio.to_thread(signal_of, here, numbers[2])
            assert {name: heard[-2][1][name] for name in asked} == asked
            assert "DOGEUSDT" not in {data["symbol"] for _, data in heard}

    event_loop.run(hear())


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_what_a_board_brings_comes_whole_and_in_order_on_either_transport(
    here: Streaming, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """python-socketio leaves where the answer to a long poll holds more than 16 packets."""
    monkeypatch.setattr("core.api.tail.MOST_KEPT", 1000)

    async def hear() -> None:
        async with connected(here, transport) as client:
            await client.next("begin")
            await client.ask("subscribe")
            numbers = await entered(here, *(made(**shown(0.5 + n % 2 / 4)) for n in range(60)))
            assert await client.numbers(numbers[-1], "signal") == numbers

    event_loop.run(hear())


@pytest.mark.slow
def test_a_server_that_does_not_know_of_frames_sends_packet_by_packet(here: Streaming) -> None:
    async def hear(port: int) -> None:
        client = Client()
        await client.socket.connect(f"http://127.0.0.1:{port}", transports=["websocket"], wait_timeout=SECONDS)
        await client.next("begin")
        await client.ask("subscribe")
        numbers = await entered(here, *(made() for _ in range(3)))
        assert await client.numbers(numbers[-1], "signal") == numbers
        await client.socket.disconnect()

    with served(SocketPushes(here.tail).app, ws="websockets-sansio") as port:
        event_loop.run(hear(port))


def signal_of(here: Streaming, seq: int) -> dict[str, Any]:
    from core.api.recorded import signal_json

    opened = here.application.recorder.opened()
    assert opened is not None
    stored = opened.reader.signal(seq)
    assert stored is not None
    return signal_json(stored)


@pytest.mark.slow
def test_sync_gives_what_was_missed_and_then_what_comes_each_once(here: Streaming) -> None:
    async def hear() -> None:
        missed = await entered(here, *(made() for _ in range(15)))
        async with connected(here, "websocket") as client:
            await client.next("begin")
            await client.ask("subscribe")
            answer = await client.ask("sync", {"after": missed[0]})
            assert (answer["after"], answer["head"]) == (missed[0], missed[-1])
            more = await entered(here, made(), made())
            assert await client.numbers(more[-1], "signal") == [*missed[1:], *more]
            future = await client.ask("sync", {"after": 2**60})
            assert future["error"] == "bad_cursor"
            assert f"after={more[-1]}" in future["message"]

    event_loop.run(hear())


@pytest.mark.slow
def test_sync_right_after_connecting_is_kept_until_the_client_can_be_told(
    here: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = SocketPushes._beginning

    async def late(self: SocketPushes, client: Connected) -> Beginning:
        beginning = await find(self, client)
        await until_there(lambda: client.asked is not None)
        return beginning

    async def hear() -> None:
        missed = await entered(here, *(made() for _ in range(5)))
        monkeypatch.setattr(SocketPushes, "_beginning", late)
        async with connected(here, "websocket") as client:
            answer = await client.ask("sync", {"after": missed[0]})
            assert (answer["after"], answer["rooms"]) == (missed[0], [])
            _, begin = await client.next("begin")
            assert (begin["after"], begin["asked"]) == (missed[0], missed[0])

    event_loop.run(hear())


def test_who_goes_back_while_the_ledger_is_read_is_told_from_there_in_the_rooms_it_has_now() -> None:
    asked = Beginning("ledger", b"1", 20, 100, 20, None, {})
    tail = SimpleNamespace(over=False)
    follower = Follower(cast(Tail, tail), asyncio.Event(), asked, frozenset({("BTCUSDT", "15m")}))
    of_ether = Push(("signal",), b"{}", b"", 21, frozenset({("ETHUSDT", "15m")}))
    window = Window("ledger", b"1", 0, 100, 100, (), None)

    async def read(_window: Window) -> tuple[tuple[Push, ...], int]:
        if follower.cursor == 60:
            follower.go_back(20, frozenset({("ETHUSDT", "15m")}))
            return (), 100
        return (of_ether,), 60

    async def hear() -> None:
        assert await follower._after(window) == []
        assert await follower._after(window) == []
        assert await follower._after(window) == [of_ether]

    follower._from_ledger = read  # type: ignore[method-assign]
    event_loop.run(hear())


@pytest.mark.slow
def test_rooms_add_up_and_can_be_left(here: Streaming) -> None:
    async def hear() -> None:
        async with connected(here, "websocket") as client:
            await client.next("begin")
            await client.ask("subscribe", {"symbols": "BTC,DOGE", "timeframe": "4h"})
            rooms = (await client.ask("subscribe", {"symbols": ["DOGE"]}))["rooms"]
            assert [(room["symbol"], room["timeframe"]) for room in rooms] == [
                ("BTCUSDT", "4h"), ("DOGEUSDT", None), ("DOGEUSDT", "4h"),
            ]  # fmt: skip
            await client.ask("unsubscribe", {"symbols": ["BTC", "DOGE"], "timeframe": "4h"})
            numbers = await entered(here, made(), made(symbol="DOGEUSDT"))
            assert await client.numbers(numbers[1], "signal") == [numbers[1]]
            assert (await client.ask("unsubscribe"))["rooms"] == []

    event_loop.run(hear())


WRONG = [
    ("subscribe", {"symbols": ["NOSUCH"]}, "unknown_symbol"),
    ("subscribe", {"symbols": []}, "invalid_request"),
    ("subscribe", {"symbols": 7}, "invalid_request"),
    ("subscribe", {"symbols": ["BTC"] * 2000}, "invalid_request"),
    ("subscribe", {"timeframe": "5m"}, "unknown_timeframe"),
    ("subscribe", {"timeframe": ["15m"]}, "invalid_request"),
    ("subscribe", {"coin": "BTC"}, "invalid_request"),
    ("subscribe", "BTC", "invalid_request"),
    ("unsubscribe", [1], "invalid_request"),
    ("sync", None, "invalid_request"),
    ("sync", {"after": "x"}, "invalid_request"),
    ("sync", {"after": -1}, "invalid_request"),
    ("sync", {"after": True}, "invalid_request"),
    ("sync", {"after": 2**63}, "invalid_request"),
]


def test_whatever_cannot_be_right_is_refused_with_a_sentence_and_the_client_goes_on(here: Streaming) -> None:
    async def ask() -> list[tuple[str, Any, str]]:
        async with connected(here, "websocket") as client:
            answers = [await client.ask(name, data) for name, data, _ in WRONG]
            assert all(answer["message"].endswith((".", "?")) for answer in answers)
            assert (await client.ask("subscribe"))["status"] == "success"
            return [(name, data, answer["error"]) for (name, data, _), answer in zip(WRONG, answers, strict=True)]

    assert event_loop.run(ask()) == WRONG


NO_EVENTS = ('42["connect",{}]', '42["disconnect","x"]', "42[]", '42[{"a":1},2]', '42{"a":1}', "42[null]")


def test_events_that_nobody_named_start_and_end_nothing(here: Streaming, caplog: pytest.LogCaptureFixture) -> None:
    """python-socketio keeps its handlers of connections under names, which a client may send as those of events."""

    async def hear() -> None:
        async with aiohttp.ClientSession() as session:
            address = f"{here.address}/candor/socket.io/?EIO=4&transport=websocket"
            async with session.ws_connect(address) as socket:
                for packet in ("40", *NO_EVENTS * 3, '427["subscribe"]'):
                    await socket.send_str(packet)
                # Either may come first. An entry that is made before the beginning was read is not told.
                awaited = {'437[{"status":"success","after":', '42["begin",{'}
                async with asyncio.timeout(SECONDS):
                    while awaited:
                        heard = await socket.receive_str()
                        awaited -= {start for start in awaited if heard.startswith(start)}
                    assert here.tail.clients() == 1
                    (number,) = await entered(here, made())
                    while not (await socket.receive_str()).startswith(f'42["signal",{{"id":{number},'):
                        pass

    event_loop.run(hear())
    until(lambda: here.tail.clients() == 0)
    assert not caplog.records


@pytest.mark.slow
def test_a_head_is_answered_as_a_get_would_be_without_its_body(here: Streaming) -> None:
    for query in ("", "?EIO=4&transport=polling"):
        path = f"{here.address}/candor/socket.io/{query}"
        got, head = httpx.get(path), httpx.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")


@pytest.mark.parametrize(("site", "status"), [("https://elsewhere.example", 400), ("https://127.0.0.1", 200)])
def test_a_page_of_another_site_is_refused(here: Streaming, site: str, status: int) -> None:
    """One of this site is not, where TLS ends at a proxy either."""

    async def ask() -> tuple[int, str | None]:
        async with aiohttp.ClientSession() as session:
            address = f"{here.address}/candor/socket.io/?EIO=4&transport=polling"
            async with session.get(address, headers={"Origin": site, "Host": "127.0.0.1"}) as answer:
                return answer.status, answer.headers.get("Access-Control-Allow-Origin")

    assert event_loop.run(ask()) == (status, site if status == 200 else None)


@pytest.mark.slow
def test_a_client_that_does_not_read_is_dropped_and_another_one_hears_everything(
    here: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.api.socket_io.READING_SECONDS", 1.0)
    monkeypatch.setattr("core.api.socket_io.MOST_WAITING", 2)

    async def hear() -> None:
        async with aiohttp.ClientSession() as session, connected(here, "websocket") as client:
            await client.ask("subscribe")
            address = f"{here.address}/candor/socket.io/?EIO=4&transport=websocket"
            async with session.ws_connect(address, max_msg_size=0) as idle:
                assert (await idle.receive_str()).startswith("0")
                await idle.send_str("40")
                assert (await idle.receive_str()).startswith("40")
                await idle.send_str('42["subscribe"]')
                await asyncio.to_thread(until, lambda: here.tail.clients() == 2)
                idle._reader._protocol.pause_reading()
                large, last = shown(0.5, padding="x" * 300_000), 0
                for _ in range(60):
                    (last,) = await entered(here, made(**large))
                assert (await client.numbers(last, "signal"))[-1] == last
                await asyncio.to_thread(until, lambda: here.tail.clients() == 1)
                assert here.tail.traffic.dropped[Transport.SOCKET_IO] == 1
                assert here.tail.traffic.sent[Transport.SOCKET_IO] > 60

    event_loop.run(hear())


def test_a_ledger_that_is_not_there_yet_is_waited_for(here: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hear() -> None:
        opened = here.application.recorder.opened
        monkeypatch.setattr(here.application.recorder, "opened", lambda: None)
        async with connected(here, "websocket") as client:
            assert (await client.next("unavailable"))[1]["message"]
            assert (await client.ask("subscribe"))["status"] == "success"
            monkeypatch.setattr(here.application.recorder, "opened", opened)
            await client.next("begin")
            (number,) = await entered(here, made())
            assert await client.numbers(number, "signal") == [number]

    event_loop.run(hear())


@pytest.mark.slow
def test_clients_that_leave_in_a_storm_leave_nothing_behind(here: Streaming) -> None:
    async def come_and_go() -> None:
        async with connected(here, "websocket") as client:
            await client.ask("subscribe")

    async def storm() -> None:
        await asyncio.gather(*(come_and_go() for _ in range(50)))

    event_loop.run(storm())
    until(lambda: here.tail.clients() == 0)


def test_a_client_that_comes_and_goes_on_one_connection_leaves_nothing_behind(here: Streaming) -> None:
    async def come_and_go() -> None:
        async with aiohttp.ClientSession() as session:
            address = f"{here.address}/candor/socket.io/?EIO=4&transport=websocket"
            async with session.ws_connect(address) as socket:
                for _ in range(50):
                    await socket.send_str("40")
                    await socket.send_str("41")
                await asyncio.to_thread(until, lambda: here.tail.clients() == 0)

    event_loop.run(come_and_go())
    until(lambda: here.tail.clients() == 0)


class ReadByHand(ThreadPoolExecutor):
    """What is to be read is answered when a test says so."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.answers: list[Future[Any]] = []

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        self.answers.append(Future())
        return self.answers[-1]


def test_who_leaves_in_the_moment_in_which_the_ledger_answers_has_left() -> None:
    """Readers of its own: of those that all share, a client of another test that is not gone yet may be the first to ask."""
    by_hand = ReadByHand()

    async def leave() -> None:
        reader = asyncio.create_task(reading._answer_of(by_hand, lambda: "nothing of this is called", "a_code", "It"))
        await asyncio.sleep(0)
        by_hand.answers[0].set_result("read")
        await asyncio.sleep(0)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

    event_loop.run(leave())


def test_a_client_of_whose_leaving_nobody_told_is_found_to_be_gone(
    here: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.api.socket_io.READING_SECONDS", 0.1)
    pushes = SocketPushes(here.tail)

    async def come_and_go(port: int) -> None:
        client = Client()
        await client.socket.connect(f"http://127.0.0.1:{port}", transports=["websocket"], wait_timeout=SECONDS)
        await client.next("begin")
        await client.socket.disconnect()

    with served(pushes.app, ws=FramedConnection) as port:
        pushes._server.on("disconnect", lambda *_: None)
        event_loop.run(come_and_go(port))
        until(lambda: here.tail.clients() == 0)
        assert not pushes._clients


def test_libraries_that_are_loaded_late_write_to_no_stream_of_their_own(here: Streaming) -> None:
    """All that this process logs has one form, lines for people or JSON."""
    SocketPushes(here.tail)
    for library in ("socketio", "socketio.server", "engineio", "engineio.server"):
        assert logging.getLogger(library).handlers == []


def test_at_most_so_many_connect(here: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.api.tail.MOST_CLIENTS", 0)

    async def connect() -> None:
        async with connected(here, "websocket"):
            pass

    with pytest.raises(socketio.exceptions.ConnectionError):
        event_loop.run(connect())
