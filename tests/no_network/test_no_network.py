"""No test, and no Python process a test starts, leaves this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request

import pytest
import requests

from tests.market.exchange_server import BinanceServer
from tests.no_network.sitecustomize import NetworkRefused

# Addresses reserved for documentation: nobody answers there should the guard ever fail.
FAR_AWAY = "192.0.2.1"
FAR_AWAY_6 = "2001:db8::1"


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as far, pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        far.connect((FAR_AWAY, 80))
    with socket.socket() as far, pytest.raises(NetworkRefused):
        far.connect_ex((FAR_AWAY, 80))
    with pytest.raises(NetworkRefused):
        socket.create_connection((FAR_AWAY, 80), timeout=1)


def test_a_connection_over_ipv6_is_refused() -> None:
    with socket.socket(socket.AF_INET6) as far, pytest.raises(NetworkRefused):
        far.connect((FAR_AWAY_6, 80))


def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as far:
        with pytest.raises(NetworkRefused):
            far.sendto(b"x", (FAR_AWAY, 53))
        with pytest.raises(NetworkRefused):
            far.sendmsg([b"x"], [], 0, (FAR_AWAY, 53))


def test_no_name_is_looked_up() -> None:
    for lookup in (lambda: socket.getaddrinfo("example.org", 443), lambda: socket.gethostbyname("example.org")):
        with pytest.raises(NetworkRefused, match=r"example\.org"):
            lookup()


def test_http_libraries_cannot_get_round_it() -> None:
    with pytest.raises(NetworkRefused):
        requests.get("https://example.org", timeout=1)
    with pytest.raises(NetworkRefused):
        urllib.request.urlopen("http://example.org", timeout=1)


def test_this_machine_can_be_reached() -> None:
    with BinanceServer() as server:
        assert requests.get(f"{server.url}/fapi/v1/time", timeout=10).status_code == 200
        port = server.url.rpartition(":")[2]
        with socket.create_connection(("localhost", int(port)), timeout=10):
            pass


def test_unix_sockets_work() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"x")
        assert theirs.recv(1) == b"x"


def test_a_python_process_that_a_test_starts_is_held_back_too() -> None:
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "NetworkRefused" in ended.stderr
