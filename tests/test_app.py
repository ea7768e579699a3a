"""The whole of Candor in a process of its own, where only what serving needs is installed, asked by a real HTTP client."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

import app
from core.settings import get_settings
from pages.components.shared.assets import CHARTS_PATH, PLOTLY_PATH
from pages.components.shared.scripts import SCRIPTS, SCRIPTS_PATH
from tests import event_loop
from tests.real_server import PROJECT, free_port, real_server, server_environment
from tests.waiting import until

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def started() -> list[subprocess.Popen[bytes]]:
    """The server's process, once there is one."""
    return []


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server leaves a list of its modules when it is asked to."""
    return tmp_path_factory.mktemp("loaded") / "modules.json"


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, started: list[subprocess.Popen[bytes]], loaded: Path
) -> Iterator[str]:
    """Of a server with one of the models that ship."""
    folder = tmp_path_factory.mktemp("candor")
    shutil.copytree(PROJECT / "models" / "BTCUSDT" / "15m", folder / "models" / "BTCUSDT" / "15m")
    program = str(PROJECT / "tests" / "serving_only.py")
    settings = {"CANDOR_SYMBOLS": "BTC,ETH,SOL", "LOADED": str(loaded)}
    with real_server(folder / "models", folder, program=(program,), started=started, **settings) as address:
        yield address


def get(address: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """The answer to a GET of ``path`` exactly as it is written, and its body."""
    return ask(address, "GET", path, **headers)


def ask(address: str, method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_the_dashboard_is_at_the_front(address: str) -> None:
    response, body = get(address, "/")
    assert response.status == 200
    assert b'<div id="root">' in body


def test_the_api_is_beside_the_dashboard(address: str) -> None:
    response, body = get(address, "/api/predictions?symbols=BTC")
    answer = json.loads(body)
    assert (response.status, answer["status"], answer["count"]) == (200, "success", 1)
    assert answer["market"]["kind"] == "simulated"


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_front_of_the_api_leads_to_its_documentation(address: str, path: str) -> None:
    with urllib.request.urlopen(address + path, timeout=30) as page:
        assert page.url == address + "/api/docs"


def test_the_documentation_loads_everything_from_this_server(address: str) -> None:
    _, page = get(address, "/api/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.decode())
    assert loaded
    for path in loaded:
        assert path.startswith("/api/")
        assert get(address, path)[0].status == 200


def test_plotly_comes_out_of_the_installed_package_and_is_kept_by_browsers(address: str) -> None:
    response, body = get(address, PLOTLY_PATH, Accept_Encoding="gzip")
    assert response.status == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert len(body) < 2_000_000
    plain = get(address, PLOTLY_PATH)[1]
    assert gzip.decompress(body) == plain
    assert b"plotly.js v" in plain[:200]


def test_the_price_charts_library_comes_out_of_its_package_as_tradingview_released_it(address: str) -> None:
    response, body = get(address, CHARTS_PATH)
    assert "immutable" in response.headers["Cache-Control"]
    assert b"TradingView Lightweight Charts\xe2\x84\xa2 v5.1.0" in body[:100]
    assert hashlib.sha256(body).hexdigest() == "756b0ba9f58930226d6b8b9d47ad310448ab85d799ea1f7c2c02304777c10b52"


def test_what_a_first_visit_loads_goes_out_compressed(address: str) -> None:
    """A megabyte of the script that starts the dashboard, again and again from the copy compressed first."""
    path = first_script(address)
    plain_response, plain = get(address, path)
    assert "Content-Encoding" not in plain_response.headers
    for _ in range(2):
        response, body = get(address, path, Accept_Encoding="gzip, deflate, br")
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["Vary"] == "Accept-Encoding"
        assert "immutable" in response.headers["Cache-Control"]
        assert len(body) < 0.4 * len(plain)
        assert gzip.decompress(body) == plain
    assert response.headers["Content-Length"] == str(len(body))
    page = get(address, "/", Accept_Encoding="gzip")
    assert page[0].headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(page[1]) == get(address, "/")[1]


def test_a_browser_that_has_the_script_is_told_so(address: str) -> None:
    path = first_script(address)
    tag = get(address, path, Accept_Encoding="gzip")[0].headers["ETag"]
    response, body = get(address, path, Accept_Encoding="gzip", If_None_Match=tag)
    assert (response.status, body) == (304, b"")


def test_a_part_of_the_script_is_a_part_of_it_as_it_is(address: str) -> None:
    path = first_script(address)
    response, body = get(address, path, Accept_Encoding="gzip", Range="bytes=10-99")
    assert response.status == 206
    assert "Content-Encoding" not in response.headers
    assert body == get(address, path)[1][10:100]


def test_fonts_go_out_as_they_are(address: str) -> None:
    fonts = sorted((Path(streamlit.__file__).parent / "static" / "static" / "media").glob("*.woff2"))
    response, body = get(address, f"/static/media/{fonts[0].name}", Accept_Encoding="gzip")
    assert response.status == 200
    assert "Content-Encoding" not in response.headers
    assert body == fonts[0].read_bytes()


def test_the_api_goes_out_compressed_and_a_copy_that_is_right_costs_no_body(address: str) -> None:
    response, body = get(address, "/api/models", Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["status"] == "success"
    tag = response.headers["ETag"]
    assert get(address, "/api/models", Accept_Encoding="gzip", If_None_Match=tag)[0].status == 304


def first_script(address: str) -> str:
    """The script that the dashboard's page starts with."""
    found = re.search(r'<script [^>]*src="\./(static/js/[^"]+)"', get(address, "/")[1].decode())
    assert found is not None
    return "/" + found[1]


@pytest.mark.parametrize(("name", "kind"), [("shared/dom.js", "text/javascript"), ("shared/looks.css", "text/css")])
def test_scripts_and_styles_of_components_are_kept_by_browsers(address: str, name: str, kind: str) -> None:
    response, body = get(address, f"{SCRIPTS_PATH}/{name}", Accept_Encoding="gzip")
    assert response.status == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"].startswith(kind)
    compressed = response.headers.get("Content-Encoding") == "gzip"
    assert (gzip.decompress(body) if compressed else body) == SCRIPTS[name]


def test_only_known_libraries_are_served(address: str) -> None:
    outside = (f"{SCRIPTS_PATH}/nothing.js", f"{SCRIPTS_PATH}/shared/assets.py", f"{SCRIPTS_PATH}/../../app.py")
    for path in (*outside, "/assets/nothing.js", "/assets/..%2f..%2fapp.py", "/assets/%2e%2e/app.py"):
        assert get(address, path)[0].status in {400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/api/../core/settings.py",
        "/api/%2e%2e/app.py",
        "/api/predictions/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/%00",
        "/api/predictions%0a/x",
        "/api/nothing",
        "/api/C:/windows",
        "/api/%5c%5chost%5cshare",
    ],
)
def test_path_tricks_under_the_api_are_answered_in_json(address: str, path: str) -> None:
    response, body = get(address, path)
    assert response.status == 404
    assert json.loads(body)["error"] in {"not_found", "unknown_symbol"}


@pytest.mark.parametrize("symbols", [10_000, 100_000])
def test_a_huge_query_is_answered_in_json(address: str, symbols: int) -> None:
    response, body = get(address, "/api/predictions?symbols=" + ",".join(["BTCUSDT"] * symbols))
    assert response.status == 414
    assert json.loads(body)["error"] == "uri_too_long"


WEBSOCKETS = [route.path for route in app.app._user_routes if isinstance(route, WebSocketRoute)]


@pytest.mark.parametrize("path", [*WEBSOCKETS, "/_stcore/stream", "/socket.io/?EIO=4&transport=websocket"])
def test_no_websocket_is_opened_for_a_page_of_another_site(address: str, path: str) -> None:
    place = f"ws://{urlsplit(address).netloc}{path}"
    with pytest.raises(InvalidStatus) as refused, connect(place, origin=Origin("https://elsewhere.example")):
        pass
    assert refused.value.response.status_code == 403
    with connect(place, origin=Origin(address)):
        pass


def test_bytes_that_are_no_request_do_not_disturb_the_server(address: str) -> None:
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert b"400" in connection.recv(1000)
    assert get(address, "/api/health/live")[0].status == 200


@pytest.mark.parametrize("path", ["/", "/coin", "/_stcore/health", "/api/docs", "/api/models", PLOTLY_PATH])
def test_a_head_says_what_a_get_would(address: str, path: str) -> None:
    got, _ = ask(address, "GET", path)
    head, nothing = ask(address, "HEAD", path)
    assert (head.status, head.headers["Content-Length"], nothing) == (200, got.headers["Content-Length"], b"")


@pytest.mark.usefixtures("address")
def test_what_was_served_has_loaded_nothing_of_learning(started: list[subprocess.Popen[bytes]], loaded: Path) -> None:
    """The packages of training were missing all the time; what core and pages import is for test_house."""

    def modules_loaded() -> set[str]:
        loaded.unlink(missing_ok=True)
        started[0].send_signal(signal.SIGUSR1)
        until(loaded.exists)
        return set(json.loads(loaded.read_text()))

    until(lambda: "core.journal.recording" in modules_loaded())  # the ledger is open, or is about to be
    modules = modules_loaded()
    assert "pages.components.shared.scripts" in modules
    assert [name for name in modules if name.startswith(("core.learning", "scripts"))] == []


def test_settings_that_cannot_be_used_end_the_start_with_a_sentence() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={free_port()}"],
        cwd=PROJECT,
        env=server_environment() | {"CANDOR_SPEED": "fast"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode != 0
    assert "CANDOR_SPEED='fast' cannot be used" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


AS_A_MODULE = ["-m", "uvicorn", "app:app", "--host=0.0.0.0"]
OF_A_PROGRAM = ["-c", "import app, sys, uvicorn; uvicorn.run(app.app, host='0.0.0.0', port=int(sys.argv[1][7:]))"]


@pytest.mark.parametrize("program", [AS_A_MODULE, OF_A_PROGRAM])
def test_any_uvicorn_that_strangers_would_reach_ends_before_it_listens(program: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, *program, f"--port={free_port()}"],
        cwd=PROJECT,
        env=server_environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 2
    assert "The server would listen on 0.0.0.0, where strangers may reach it" in ended.stderr
    assert "Uvicorn running" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_market_that_cannot_be_followed_ends_the_server_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end_signals: list[int]
) -> None:
    async def start() -> None:
        async with app.lifespan(app.app):
            pass

    monkeypatch.setenv("CANDOR_PUBLIC", "1")  # no server runs this process, so that it might listen anywhere
    monkeypatch.setenv("CANDOR_DISCLOSURE", "Run by nobody.")
    monkeypatch.setenv("CANDOR_MARKET", "recorded")
    get_settings.cache_clear()
    event_loop.run(start())
    assert end_signals == [signal.SIGTERM]
    assert "Candor cannot start: CANDOR_MARKET=recorded needs CANDOR_CANDLES_DIR" in capsys.readouterr().err


@pytest.fixture
def end_signals() -> Iterator[list[int]]:
    """How often this process, which would be a server's, is told to end; it does not."""
    numbers: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGTERM, before)
    get_settings.cache_clear()


def test_the_server_ends_when_it_is_told_to_although_programs_listen(
    address: str, started: list[subprocess.Popen[bytes]]
) -> None:
    """The last test here: nobody could ask the server anything afterwards. Where it hung, SIGALRM would end it."""
    place = urlsplit(address)
    with connect(f"ws://{place.netloc}/socket.io/?EIO=4&transport=websocket") as socket:
        socket.send("40")
        texts = iter(lambda: str(socket.recv(timeout=30)), None)
        assert any(text.startswith('42["begin"') for text in texts)  # the ledger is open
        with closing(HTTPConnection(place.hostname or "", place.port, timeout=30)) as listening:
            listening.request("GET", "/api/stream")
            stream = listening.getresponse()
            started[0].terminate()
            assert b"event: begin" in stream.read()
        with pytest.raises(ConnectionClosed):
            list(texts)
    assert started[0].wait(timeout=30) != -signal.SIGALRM
