"""/api/candles: the closed candles that predictions are made from, and the one that is open now."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, answer, market_json
from core.api.requests import LimitQuery, Running, SymbolPath, TimeframeQuery, filled_board
from core.domain import Timeframe, resolve_symbol
from core.market.candles import CANDLE_COLUMNS, CandleArrays
from core.wording.sentences import problem_text

router = APIRouter(tags=["candles"])


class CandleAnswer(BaseModel):
    open_time: str
    open: float
    high: float
    low: float
    close: float
    volume: float


class CandleListAnswer(BaseModel):
    """Closed candles, oldest first. Gaps stay gaps."""

    status: Literal["success"]
    market: MarketAnswer | None
    symbol: str
    timeframe: Timeframe
    state: str = Field(description="'fresh', or why not to rely on the newest candle.", examples=["fresh"])
    reason: str | None
    made_of: str | None = Field(
        description="The exchange's shorter timeframe that they were made of, where it does not offer this one; or that new ones "
        "are made of, where it is not asked for this one since more than 400 coins are followed."
    )
    count: int
    candles: list[CandleAnswer]


class FormingCandleAnswer(BaseModel):
    """The candle that is open now, as the exchange streams it or the simulated market makes it: nothing is predicted from it."""

    status: Literal["success"]
    market: MarketAnswer | None
    symbol: str
    timeframe: Timeframe
    candle: CandleAnswer | None = Field(
        description="null where nothing was heard of it for a minute, or the market tells of closed ones alone."
    )


@router.get("/candles/{symbol:symbol}/forming", responses={200: {"model": FormingCandleAnswer}})
async def forming_candle(
    request: Request, application: Running, symbol: SymbolPath, timeframe: TimeframeQuery = Timeframe.M15.value
) -> Response:
    """The candle of one coin that is open now, as the exchange streams it: nothing is predicted from it."""
    asked = Timeframe.parse(timeframe)
    board = filled_board(application)
    resolved = resolve_symbol(symbol, board.symbols())
    hint = application.hints.forming(resolved, asked)
    content = {
        "status": "success",
        "market": market_json(board.market),
        "symbol": resolved,
        "timeframe": asked.value,
        "candle": None if hint is None else _rows(hint.candle())[0],
    }
    return answer(request, content)


@router.get("/candles/{symbol:symbol}", responses={200: {"model": CandleListAnswer}})
async def candles(
    request: Request,
    application: Running,
    symbol: SymbolPath,
    timeframe: TimeframeQuery = Timeframe.M15.value,
    limit: LimitQuery = 200,
) -> Response:
    """The newest closed candles of one coin, oldest first. Gaps stay gaps."""
    asked = Timeframe.parse(timeframe)
    board = filled_board(application)
    resolved = resolve_symbol(symbol, board.symbols())
    newest = application.feed.arrays(resolved, asked)[-limit:]
    series = application.feed.status(resolved, asked)
    content = {
        "status": "success",
        "market": market_json(board.market),
        "symbol": resolved,
        "timeframe": asked.value,
        "state": series.state,
        "reason": None if series.problem is None else problem_text(series.problem),
        "made_of": application.feed.made_of(asked) or application.feed.resampled_from(asked),
        "count": len(newest),
        "candles": _rows(newest),
    }
    return answer(request, content)


def _rows(candles: CandleArrays) -> list[dict[str, Any]]:
    times = np.datetime_as_string(candles.open_time_ms.astype("datetime64[ms]"), unit="s", timezone="UTC")
    columns = (times, *(getattr(candles, name) for name in CANDLE_COLUMNS[1:]))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [dict(zip(CANDLE_COLUMNS, row, strict=True)) for row in rows]
