"""JSON that every reader takes for the same thing: UTF-8, each key once, numbers that Python's own limits allow."""

from __future__ import annotations

import json
from collections import Counter

from core.text import shorten


class NotPlainJson(ValueError):
    """Says in a clause what is wrong."""


def parse_json(content: bytes) -> object:
    """The value in ``content``; NotPlainJson for what is none or has two meanings."""
    try:
        return json.loads(content.decode(), object_pairs_hook=_each_key_once)
    except NotPlainJson:
        raise
    except (ValueError, RecursionError):  # RecursionError: objects in objects, tens of thousands deep
        raise NotPlainJson("it is no JSON in UTF-8") from None


def _each_key_once(items: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(items)
    if len(values) < len(items):
        twice = Counter(key for key, _ in items).most_common(1)[0][0]
        raise NotPlainJson(f"the key {shorten(twice)!r} stands there twice")
    return values
