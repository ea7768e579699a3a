"""A guarded Candor behind a real nginx, with the very lines that operators are given; and before it, for strangers."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from unittest.mock import MagicMock

import httpx2 as httpx
import pytest
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import app
from core.access import digest_of, made_key
from core.domain import Timeframe
from tests.hand_made_models import publish
from tests.identity_provider import CLIENT, SECRET, identity_provider
from tests.real_server import PROJECT, free_port, real_server
from tests.waiting import until

pytestmark = pytest.mark.nginx

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
KEY = made_key()
NAMED_PROXY = "127.0.0.5"
SETTINGS = {
    "STREAMLIT_SERVER_BASE_URL_PATH": "candor",
    "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
    "CANDOR_API_KEYS": f"me:{digest_of(KEY).hex()}",
    "CANDOR_TRUSTED_PROXY": NAMED_PROXY,
    "CANDOR_IDENTITY_HEADER": "X-Auth-Request-Email",
    "CANDOR_USERS": "me@example.com",
    "CANDOR_SYMBOLS": "BTC,ETH",
    "CANDOR_LOG": "json",
}
OPEN = "/candor/api/health/live"
LOGIN = {"/candor/auth/login", "/candor/auth/logout", "/candor/oauth2callback"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("candor")


@pytest.fixture(scope="module")
def direct(folder: Path) -> Iterator[str]:
    """A Candor that asks everybody who they are, as ``127.0.0.1:8501``."""
    publish(folder / "models", "BTCUSDT", Timeframe.M15)
    port = free_port()
    with (
        identity_provider() as provider,
        real_server(folder / "models", folder, port, KEY, **SETTINGS, **login_at(provider, port, folder)),
    ):
        yield f"127.0.0.1:{port}"


def login_at(provider: str, port: int, folder: Path) -> dict[str, str]:
    """The setting that names the secrets of a login."""
    (folder / "secrets.toml").write_text(
        "[auth]\n"
        f'redirect_uri = "http://127.0.0.1:{port}/candor/oauth2callback"\n'
        f'cookie_secret = "{made_key()}"\n'
        f'client_id = "{CLIENT}"\n'
        f'client_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
    )
    return {"STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml")}


@pytest.fixture(scope="module")
def proxied(direct: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same behind nginx, which has asked its visitors already."""
    if NGINX is None:
        if os.environ.get("CANDOR_REQUIRE_NGINX"):
            pytest.fail("There is no nginx here, though CANDOR_REQUIRE_NGINX is set.")
        pytest.skip("needs nginx: apt-get install nginx-light")
    given = (PROJECT / "deploy" / "nginx.conf").read_text().replace("127.0.0.1:8501", direct)
    lines = given.replace("# proxy_set_header X-Auth", f"proxy_bind {NAMED_PROXY}; proxy_set_header X-Auth")
    with nginx(tmp_path_factory.mktemp("nginx"), lines) as address:
        yield address


@contextmanager
def nginx(folder: Path, location: str) -> Iterator[str]:
    port = free_port()
    server = f'gzip on; server {{ listen 127.0.0.1:{port}; set $email "me@example.com";\n{location}\n}}'
    with nginx_with(folder, server, port):
        yield f"127.0.0.1:{port}"


@contextmanager
def nginx_with(folder: Path, lines: str, port: int) -> Iterator[None]:
    """An nginx with these ``lines`` in its section http, once it listens on ``port``."""
    folder.chmod(0o755)
    places = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {places}\n{lines}\n}}\n"
    )
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _await_listening(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx did not come up")


def get(place: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection(place, timeout=60)) as connection:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer, answer.read()


def every_address(place: str) -> list[str]:
    """Each route that there is: Streamlit's, our own beside them, and the API's."""
    streamlits = [getattr(route, "path", "") for route in create_streamlit_routes(MagicMock())]
    ours = [getattr(route, "path", "") for route in app.app._user_routes]
    spec = json.loads(get(place, "/candor/api/openapi.json", X_API_Key=KEY)[1])
    documented = [f"/api{path}" for path in spec["paths"]]
    more = ["/", "/coin", "/api", "/api/docs", "/api/openapi.json", "/api/stream", "/socket.io/", "/_stcore/stream"]
    paths = [re.sub(r"\{\w+(:\w+)?\}", "x", path) or "/" for path in (*streamlits, *ours, *documented, *more)]
    assert len(paths) > 35
    return [f"/candor{path}" for path in paths]


def test_no_address_answers_anybody_who_does_not_say_who_they_are(direct: str) -> None:
    refused = {path: get(direct, path, Accept="text/html")[0].status for path in every_address(direct)}
    assert [path for path, status in refused.items() if status not in {401, 303} and path not in {OPEN, *LOGIN}] == []
    assert refused[OPEN] == 200
    assert {refused[path] for path in LOGIN} == {302}
    assert get(direct, "/candor/", X_Auth_Request_Email="me@example.com", X_Forwarded_For=NAMED_PROXY)[0].status == 401


@pytest.mark.parametrize("path", ["_stcore/stream", "socket.io/?EIO=4&transport=websocket"])
def test_a_websocket_answers_nobody_who_does_not_say_who_they_are(direct: str, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://{direct}/candor/{path}"):
        pass
    assert refused.value.response.status_code == 403
    with connect(f"ws://{direct}/candor/{path}", additional_headers={"X-API-Key": KEY}):
        pass


def test_a_key_opens_pages_and_api(direct: str) -> None:
    for path in ("/candor/", "/candor/api/predictions", "/candor/api/metrics", "/candor/assets/nothing.js"):
        status = get(direct, path, Authorization=f"Bearer {KEY}")[0].status
        assert status == (404 if path.endswith("nothing.js") else 200), path


def test_who_logs_in_reads_pages_and_api_until_they_log_out_again(direct: str) -> None:
    with httpx.Client(base_url=f"http://{direct}/candor", follow_redirects=True, timeout=60) as browser:
        browser.headers["Accept"] = "text/html"
        before = log_in(browser, "me@example.com")
        assert before.url == f"http://{direct}/candor/coin?symbol=ETHUSDT"
        assert before.status_code == 200
        assert browser.get("/api/predictions/BTC").json()["symbol"] == "BTCUSDT"
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        with connect(f"ws://{direct}/candor/_stcore/stream", additional_headers={"Cookie": cookies}):
            pass
        assert "Who are you?" in browser.get("/auth/logout").text
        assert browser.get("/api/predictions/BTC").status_code == 401


def test_who_logs_in_and_may_not_enter_is_told_so_and_may_log_in_as_somebody_else(direct: str) -> None:
    with httpx.Client(base_url=f"http://{direct}/candor", follow_redirects=True, timeout=60) as browser:
        browser.headers["Accept"] = "text/html"
        refused = log_in(browser, "you@elsewhere.example")
        assert refused.status_code == 403
        assert "you@elsewhere.example may not enter here" in refused.text
        assert browser.get("/api/models").status_code == 403
        assert "Who are you?" in browser.get(re.findall('href="([^"]+)"', refused.text)[0].removeprefix("/candor")).text


def log_in(browser: httpx.Client, who: str) -> httpx.Response:
    """Where the page of a coin leads whoever is ``who`` for the provider."""
    asked = browser.get("/coin?symbol=ETHUSDT")
    assert "Who are you?" in asked.text
    return browser.get(unescape(re.findall(f'href="([^"]+)">{who}<', asked.text)[0]))


def test_whom_nginx_knows_reads_pages_scripts_and_api_below_the_path(proxied: str) -> None:
    page, body = get(proxied, "/candor/")
    assert page.status == 200
    script = re.search(rb'<script [^>]*src="\./(static/js/[^"]+)"', body)
    assert script is not None
    plain = get(proxied, f"/candor/{script[1].decode()}")[1]
    packed, packed_body = get(proxied, f"/candor/{script[1].decode()}", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed_body) == plain
    assert json.loads(get(proxied, "/candor/api/predictions/BTC")[1])["symbol"] == "BTCUSDT"
    assert get(proxied, "/candor/api")[0].headers["Location"] == "/candor/api/docs"
    assert get(proxied, "/elsewhere")[0].status in {403, 404}


def test_the_pages_websocket_goes_through_nginx(proxied: str) -> None:
    with connect(f"ws://{proxied}/candor/_stcore/stream", subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        assert socket.subprotocol == "streamlit"
        socket.ping().wait(timeout=30)


def test_pushes_go_through_nginx_as_they_come(proxied: str) -> None:
    until(lambda: get(proxied, "/candor/api/ledger/head")[0].status == 200)
    with closing(HTTPConnection(proxied, timeout=60)) as connection:
        connection.request("GET", "/candor/api/stream", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, None)
        while not answer.readline().startswith(b"event: begin"):
            pass
    with connect(f"ws://{proxied}/candor/socket.io/?EIO=4&transport=websocket") as socket:
        assert str(socket.recv(timeout=30)).startswith("0{")


def test_who_names_a_user_to_nginx_is_that_user_no_more_than_before(proxied: str) -> None:
    """nginx says who it is; what its visitor wrote into the header is replaced."""
    assert get(proxied, "/candor/api/models", X_Auth_Request_Email="")[0].status == 200


def test_what_the_server_logs_is_json_line_by_line(direct: str, folder: Path) -> None:
    get(direct, "/candor/api/models", X_API_Key=KEY)
    lines = (folder / "server.log").read_text().splitlines()
    begun = next(number for number, line in enumerate(lines) if line.startswith("{"))
    for line in lines[begun:]:
        assert {"time", "level", "logger", "message"} <= json.loads(line).keys(), line
