"""What ties each entry of the ledger to the one before: SHA-256 over that one's hash and all that this one holds.

    first = SHA-256("candor ledger\\n" MARKET "\\n" CREATED_AT_MS)
    hash  = SHA-256(previous_hash JSON)

with JSON = {"content":{...},"kind":...,"recorded_at_ms":...,"seq":...}: keys sorted, no spaces, ASCII, each float with
the fewest digits that name it exactly. ``content`` has every column of the entry's tables but ``seq``, and the JSON that
was shown as a text. So the chain can be recomputed by anybody, with any tool.
"""

from __future__ import annotations

import hashlib
import json

from core.journal.entries import Content

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=repr)


def first_hash(market: str, created_at_ms: int) -> bytes:
    """What the first entry of a market's ledger follows: the chain of one market is never that of another."""
    return hashlib.sha256(f"candor ledger\n{market}\n{created_at_ms}".encode()).digest()


def entry_hash(previous: bytes, seq: int, kind: str, recorded_at_ms: int, content: Content) -> bytes:
    """The hash of one entry; values that no entry ever has are hashed as Python writes them."""
    said = {"seq": seq, "kind": kind, "recorded_at_ms": recorded_at_ms, "content": content}
    return hashlib.sha256(previous + _JSON.encode(said).encode()).digest()
