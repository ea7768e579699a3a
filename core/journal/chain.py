"""What ties each entry of the ledger to the one before: SHA-256 over that one's hash and all that this one holds.

    first = SHA-256("candor ledger\\n" MARKET "\\n" CREATED_AT_MS)
    hash  = SHA-256(previous_hash JSON)

with JSON = {"content":{...},"epoch":...,"kind":...,"recorded_at_ms":...,"seq":...}: keys sorted, no spaces, ASCII, each
float with the fewest digits that name it exactly, "epoch" left out where no leader entered it. ``content`` has every column of the entry's tables but ``seq``, and the JSON that
was shown as a text. Columns that came later than the first ledgers (``circumstances`` of signals, ``standing`` and
``test_moves`` of models) are left out where they hold nothing, so that what was entered before keeps its hash; to take
one away, or to add one, changes it. So the chain can be recomputed by anybody, with any tool.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from core.journal.entries import ENTRIES, Content
from core.journal.sheets import Sheet

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=repr)


def first_hash(market: str, created_at_ms: int) -> bytes:
    """What the first entry of a market's ledger follows: the chain of one market is never that of another."""
    return hashlib.sha256(f"candor ledger\n{market}\n{created_at_ms}".encode()).digest()


def entry_hash(
    previous: bytes, seq: int, kind: str, recorded_at_ms: int, content: Content, epoch: int | None = None
) -> bytes:
    """The hash of one entry; values that no entry ever has are hashed as Python writes them."""
    later = ENTRIES[kind].came_later
    hashed = {name: value for name, value in content.items() if value is not None or name not in later}
    fields = {"seq": seq, "kind": kind, "recorded_at_ms": recorded_at_ms, "content": hashed}
    if epoch is not None:
        fields["epoch"] = epoch
    return hashlib.sha256(previous + _JSON.encode(fields).encode()).digest()


def hashes_along(previous: bytes, first_seq: int, recorded_at_ms: int, texts: Sequence[str]) -> Iterator[bytes]:
    """The hashes of entries numbered from ``first_seq`` on, each the ``entry_hash`` of what ``texts_of`` says of it."""
    for seq, text in enumerate(texts, first_seq):
        line = f'{text},"recorded_at_ms":{recorded_at_ms},"seq":{seq}}}'
        previous = hashlib.sha256(previous + line.encode()).digest()
        yield previous


def texts_of(sheet: Sheet, epoch: int | None = None) -> list[str]:
    """Of each entry the JSON that is hashed, up to its kind; written by the column, which takes a third of the time."""
    first, *others = sorted(sheet.columns)
    fields = "".join("%s" if name in sheet.kind.came_later else f',"{name}":%s' for name in others)
    rows = zip(*(_written_in(sheet, name) for name in (first, *others)), strict=True)
    led = "" if epoch is None else f'"epoch":{epoch},'
    return [f'{{"content":{{"{first}":%s{fields}}},{led}"kind":"{sheet.kind.kind}"' % row for row in rows]


def _written_in(sheet: Sheet, name: str) -> Sequence[str]:
    """As ``_written``; of a column that came later with its name, and nothing where it holds nothing."""
    values = sheet.columns[name]
    if name not in sheet.kind.came_later:
        return _written(values)
    return ["" if value is None else f',"{name}":{_JSON.encode(value)}' for value in values]


def _written(values: Sequence[Any]) -> Sequence[str]:
    """The JSON of each value of a column."""
    types = set(map(type, values))
    if str in types:
        written = {value: _JSON.encode(value) for value in set(values)}
        return [written[value] for value in values]
    if type(None) not in types:
        return list(map(repr, values))
    return ["null" if value is None else repr(value) for value in values]
