"""JSON as bytes that take no more room than they are long."""

from __future__ import annotations

from typing import Any

import orjson


def json_bytes(content: Any) -> bytes:
    """``content`` as JSON; TypeError where it cannot be.

    orjson never gives back what it reserved to write in: two kilobytes hold on to sixteen, a hundred to a thousand
    (3.13.0; home-assistant/core pull request 181245 says why). Pushes and answers are kept, so they are copied.
    """
    return bytes(memoryview(orjson.dumps(content)))
