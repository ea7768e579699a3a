"""Clients of the API for tests."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
from fastapi import FastAPI
from starlette.testclient import TestClient

from core.predictions_api import create_api
from tests import event_loop


def client_of(application: Any, **options: Any) -> TestClient:
    """A client of the API as it stands under /api."""
    return TestClient(create_api(lambda: application), root_path="/api", follow_redirects=False, **options)


def refusal(answer: httpx.Response, status: int, code: str) -> str:
    """The message of an error answer that has the shape, status and code expected."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]) == (status, "error", code)
    assert "Traceback" not in answer.text
    return body["message"]


def ask(api: FastAPI, path: str, query: bytes) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a GET whose path and query reach the API as they are, cleaned up by no client."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "query_string": query,
        "root_path": "/api",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    event_loop.run(api(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(body) if body.startswith(b"{") else {}
