"""What open pages fetch when there is news, kept as bytes: made once for all who look at the same thing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable, Mapping
from hashlib import sha256
from typing import Any

from starlette.responses import Response

MOST_KEPT = 64
"""Answers, the newest of each question; that used longest ago goes first."""


class LiveAnswers:
    """Remembers what was answered last to each question, for as long as what it was made of is the same. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[Hashable, tuple[object, Response]] = {}

    def answer(self, question: Hashable, newest: Callable[[], tuple[object, Callable[[], Any]]]) -> Response:
        """``newest`` gives what an answer is made of now, and what makes it: JSON-ready, or None for 204 No Content."""
        with self._lock:  # those who come while it is being made want the same
            source, make = newest()
            known = self._made.pop(question, None)
            made = known[1] if known is not None and known[0] is source else _response(make())
            self._made[question] = source, made
            while len(self._made) > MOST_KEPT:
                del self._made[next(iter(self._made))]
        return made


def _response(content: Mapping[str, Any] | None) -> Response:
    if content is None:
        return Response(status_code=204)
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    return Response(body, media_type="application/json", headers=headers)
