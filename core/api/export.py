"""/api/ledger/export: the whole ledger as a file, written while it is being read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from core.api.errors import ApiError
from core.api.ledger import opened_ledger
from core.api.reading import from_ledger
from core.api.requests import Running
from core.api.verified import damage_of
from core.errors import CandorError, InvalidRequest
from core.text import did_you_mean, shorten
from core.wording.ledger_columns import COLUMN_NOTES, EXPORT_NOTE
from core.wording.sentences import ledger_text

log = logging.getLogger(__name__)

router = APIRouter(tags=["ledger"])

AT_ONCE = 2
"""So many files are written at a time: each keeps a core busy for as long as it lasts."""

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_TABLES = ("signals", "missing", "models", "comparisons")

FormatQuery = Annotated[
    str, Query(description="How the file is written.", json_schema_extra={"enum": list(_MEDIA_TYPES)})
]
TableQuery = Annotated[
    str,
    Query(
        description="`signals`, each with the outcome that counts; `missing`: candles without a signal; `models`; "
        "`comparisons` of new ones with those in use.",
        json_schema_extra={"enum": list(_TABLES)},
    ),
]

DAMAGE_HEADER, _DAMAGED = "Candor-Ledger-Damage", "-damaged"
"""Whoever takes away what is known not to be as it was written sees it in the answer, and in the name that the file keeps."""

_writing = threading.BoundedSemaphore(AT_ONCE)

_COLUMNS = "| column | holds |\n|---|---|\n" + "\n".join(
    f"| `{name}` | {note} |" for name, note in COLUMN_NOTES.items()
)


@router.get(
    "/ledger/export",
    description=f"{EXPORT_NOTE}\n\n{_COLUMNS}",
    response_class=Response,
    responses={200: {"content": {kind.split(";")[0]: {} for kind in _MEDIA_TYPES.values()}}},
)
async def export(application: Running, format: FormatQuery = "csv", table: TableQuery = "signals") -> Response:
    form, wanted = _one_of("format", format, tuple(_MEDIA_TYPES)), _one_of("table", table, _TABLES)
    ledger = opened_ledger(application)
    head = await from_ledger(ledger.reader.head)
    if not _writing.acquire(blocking=False):
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE, "busy", f"{AT_ONCE} files are being written; ask again once one is done."
        )
    damage = damage_of(ledger.checked)
    metadata = {
        "ledger": ledger.name,
        "until": str(head.seq),
        **({} if damage is None else {"damage": ledger_text(damage)}),
    }
    pieces = await _begun(ledger.reader.exported(wanted, form, head.seq, metadata))
    name = f"candor-{ledger.name}-{wanted}-to-{head.seq}{_DAMAGED if damage else ''}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if damage is not None:
        headers[DAMAGE_HEADER] = metadata["damage"]
    return _OneOfFew(pieces, media_type=_MEDIA_TYPES[form], headers=headers)


async def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """``pieces`` once the first one is there: until then an error is answered like any other."""
    try:
        first = await from_ledger(partial(next, pieces))
    except BaseException:
        _writing.release()
        raise
    return chain([first], pieces)


class _OneOfFew(StreamingResponse):
    """A file that makes room for another one when it ends, whoever ends it."""

    def __init__(self, pieces: Iterator[bytes], media_type: str, headers: dict[str, str]) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except CandorError as error:  # the connection is cut, so that nobody takes it for the whole file
            log.error("A file of the ledger was left unfinished: %s", error)
        finally:
            _writing.release()


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    asked = value.strip().lower()
    if asked not in choices:
        hint = did_you_mean(asked[:40], choices)
        raise InvalidRequest(f"Unknown {name} {shorten(value)!r}.{hint} Choose one of: {', '.join(choices)}.")
    return asked
