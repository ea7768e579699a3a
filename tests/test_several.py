"""Several machines, as they are deployed: the parts fit together, and a proxy sends a browser to the same face again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.responses import PlainTextResponse

from core.settings import PROJECT
from tests.real_server import free_port
from tests.served import served
from tests.test_behind_nginx import NGINX, get, nginx_with

DEPLOY = PROJECT / "deploy"


def test_two_feeders_share_a_ledger_with_two_faces_that_nginx_knows() -> None:
    services = yaml.safe_load((DEPLOY / "several.yaml").read_text())["services"]
    roles = {name: each["environment"].get("CANDOR_ROLE") for name, each in services.items() if "environment" in each}
    assert roles == {"feeder-1": "feeder", "feeder-2": "feeder", "face-1": "face", "face-2": "face", "database": None}
    candors = [services[name] for name, role in roles.items() if role]
    assert len({each["environment"]["CANDOR_DATABASE_URL"] for each in candors}) == 1
    assert all(each["read_only"] and each["cap_drop"] == ["ALL"] for each in candors)
    ports = [port for each in services.values() for port in each.get("ports", [])]
    assert ports == ["127.0.0.1:8511:8501", "127.0.0.1:8512:8501", "127.0.0.1:8501:80"]
    known = (DEPLOY / "several.conf").read_text()
    assert all(f"server {name}:8501" in known for name, role in roles.items() if role == "face")
    assert services["proxy"]["volumes"] == ["./several.conf:/etc/nginx/conf.d/default.conf:ro"]


def test_a_machine_apart_is_asked_for_nothing_that_the_database_of_another_one_needs() -> None:
    """Compose looks for what a file demands whether or not the service that does is started."""
    demanded = re.findall(r"\$\{(\w+):\?", (DEPLOY / "several.yaml").read_text())
    assert demanded == ["CANDOR_API_KEYS"]


@contextmanager
def face(name: str) -> Iterator[int]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse(name)(scope, receive, send)

    with served(app, lifespan="off") as port:
        yield port


@contextmanager
def proxied(folder: Path, first: int, second: int) -> Iterator[str]:
    port = free_port()
    given = (DEPLOY / "several.conf").read_text().replace("listen 80", f"listen 127.0.0.1:{port}")
    lines = given.replace("face-1:8501", f"127.0.0.1:{first}").replace("face-2:8501", f"127.0.0.1:{second}")
    with nginx_with(folder, lines, port):
        yield f"127.0.0.1:{port}"


@pytest.mark.nginx
@pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx-light")
def test_whoever_comes_again_comes_to_the_same_face_and_to_another_one_once_that_is_gone(tmp_path: Path) -> None:
    with ExitStack() as ends:
        running = {name: ends.enter_context(ExitStack()) for name in ("one", "two")}
        first, second = (ends_of.enter_context(face(name)) for name, ends_of in running.items())
        place = ends.enter_context(proxied(tmp_path, first, second))
        answered = {get(place, "/")[1].decode() for _ in range(8)}
        assert len(answered) == 1
        chosen = answered.pop()
        running[chosen].close()
        assert {get(place, "/")[1].decode() for _ in range(3)} == {"one", "two"} - {chosen}
