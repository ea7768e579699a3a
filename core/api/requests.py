"""What the API is asked: its parameters, how they are read, and the board they are answered from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator
from starlette.convertors import StringConvertor, register_url_convertor

from core.api.answers import ErrorAnswer
from core.api.errors import ApiError
from core.api.readiness import why_no_prediction
from core.application import Application
from core.domain import QUOTE, Direction, Timeframe, resolve_symbol
from core.errors import InvalidRequest
from core.measured import Proof
from core.signals.board import BoardSnapshot
from core.text import did_you_mean, shorten, words_in

MOST_SYMBOLS = 200
MOST_CANDLES = 2000


async def running_application(request: Request) -> Application:
    """The application the API was created over, asked for anew with every request; it runs, so nobody waits."""
    application: Application = request.app.state.get_application()
    return application


Running = Annotated[Application, Depends(running_application)]


def _written_whole(given: Any) -> Any:
    """Refuses 1.0, 1_000 and digits of other scripts, which Python would read: whoever sends them means something else."""
    if isinstance(given, str) and not _WHOLE.fullmatch(given):
        raise ValueError("a whole number")
    return given


_WHOLE = re.compile("-?[0-9]+")

WholeNumber = Annotated[int, BeforeValidator(_written_whole)]


class SymbolInPath(StringConvertor):
    """A symbol as part of an address, ccxt's BTC/USDT and BTC/USDT:USDT among them; elsewhere a slash parts addresses."""

    regex = rf"[^/]+(?:/(?i:{QUOTE})(?::\w+)?)?"


register_url_convertor("symbol", SymbolInPath())

SymbolPath = Annotated[str, Path(description="BTCUSDT, or BTC for short.", examples=["BTCUSDT"])]
TimeframePath = Annotated[str, Path(json_schema_extra={"enum": [tf.value for tf in Timeframe]})]
TimeframeQuery = Annotated[
    str, Query(description="How long a candle lasts.", json_schema_extra={"enum": [tf.value for tf in Timeframe]})
]
SymbolsQuery = Annotated[
    str | None,
    Query(description=f"Comma-separated, at most {MOST_SYMBOLS}; all coins without it.", examples=["BTCUSDT,ETH"]),
]
ConfidenceQuery = Annotated[
    float, Query(ge=0, le=1, allow_inf_nan=False, description="Leave out less confident predictions.")
]
DirectionQuery = Annotated[
    str | None, Query(description="Only this call.", json_schema_extra={"enum": [d.value for d in Direction]})
]
TrustedQuery = Annotated[
    bool | None, Query(description="true: only predictions nothing speaks against; false: only the others.")
]
MoveQuery = Annotated[
    float, Query(ge=0, le=1, allow_inf_nan=False, description="Leave out predictions that a move is less likely.")
]
ProofQuery = Annotated[
    str | None,
    Query(
        description="Only predictions of models of which this is proven.",
        json_schema_extra={"enum": [Proof.PROVEN.value]},
    ),
]
LimitQuery = Annotated[WholeNumber, Query(ge=1, le=MOST_CANDLES, description="How many of the newest candles.")]

ERROR_ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "A cursor beyond the end of the ledger."},
    404: {"model": ErrorAnswer, "description": "No such symbol, timeframe, model or address."},
    414: {"model": ErrorAnswer, "description": "The address is too long."},
    422: {"model": ErrorAnswer, "description": "A parameter has a value that can never be right."},
    503: {"model": ErrorAnswer, "description": "Not yet, or not now: ask again after Retry-After seconds."},
}
"""What every address that reads the board may answer instead."""


def filled_board(application: Application) -> BoardSnapshot:
    """The newest snapshot; 503 while it has no coin in it, since nothing asked of it could be answered."""
    board = application.board.strict_snapshot()
    if not board.signals:
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "starting", why_no_prediction(board)[0])
    return board


def parse_symbols(text: str | None, known: tuple[str, ...]) -> list[str]:
    """The symbols asked for, each once, in the order asked; all of ``known`` without ``text``."""
    if text is None:
        return list(known)
    written = words_in(text)
    if not written:
        raise InvalidRequest("The parameter 'symbols' is empty; name coins like BTCUSDT,ETH or leave it out for all.")
    if len(written) > MOST_SYMBOLS:
        raise InvalidRequest(
            f"{len(written):,} symbols were asked for; at most {MOST_SYMBOLS} fit one request. "
            "Leave 'symbols' out to get every coin."
        )
    return list(dict.fromkeys(resolve_symbol(part, known) for part in written))


def parse_direction(text: str | None) -> Direction | None:
    """The direction named, in any case of letters; InvalidRequest with the choices otherwise."""
    if text is None:
        return None
    try:
        return Direction(text.strip().upper())
    except ValueError:
        hint = did_you_mean(text[:40].upper(), list(Direction))
        raise InvalidRequest(
            f"Unknown direction {shorten(text)!r}.{hint} Choose one of: {', '.join(Direction)}."
        ) from None


def parse_proof(name: str, text: str | None) -> Proof | None:
    """What is asked of ``name``, in any case of letters; InvalidRequest unless it is that it be proven."""
    if text is None:
        return None
    if text.strip().lower() != Proof.PROVEN:
        raise InvalidRequest(
            f"The parameter {name!r} is {shorten(text)!r}.{did_you_mean(text[:40].lower(), [Proof.PROVEN])} "
            f"Choose {Proof.PROVEN.value!r}, or leave it out for all."
        )
    return Proof.PROVEN


async def refuse_odd_parameters(request: Request) -> None:
    """InvalidRequest for a query parameter that the address does not have, or that is given twice."""
    given = [name for name, _ in request.query_params.multi_items()]
    expected = [field.alias for field in request.scope["route"].dependant.query_params]
    for name in dict.fromkeys(given):
        if name not in expected:
            choices = f"It takes {_listed(expected)}." if expected else "It takes none."
            hint = did_you_mean(name[:100], expected)
            raise InvalidRequest(f"This address has no parameter {shorten(name)!r}.{hint} {choices}")
        if given.count(name) > 1:
            hint = "; separate the symbols by commas" if name == "symbols" else ""
            raise InvalidRequest(f"The parameter {name!r} is given {given.count(name)} times; expected once{hint}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:-1])) + (" and " if len(names) > 1 else "") + repr(names[-1])
