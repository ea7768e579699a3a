"""/api/predictions/{symbol}/explanation: what each group of features adds to the newest prediction of one coin."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, answer, market_json
from core.api.predictions import newest_prediction
from core.api.requests import Running, SymbolPath, TimeframeQuery, filled_board
from core.domain import Timeframe
from core.measured import Proof
from core.model.features import DESCRIBED, FeatureGroup
from core.model.periods import Period
from core.signals.explanation import Background, Explained
from core.text import iso

router = APIRouter(tags=["predictions"])


class EffectAnswer(BaseModel):
    group: FeatureGroup
    features: list[str] = Field(description="Which features it is of.")
    added: float = Field(description="Its Shapley value: what it adds to `background`.")
    standard_error: float = Field(description="Over the background windows, as if they were drawn independently.")
    below_model_error: bool = Field(description="Smaller than what the model gets wrong: not to be told from nothing.")


class ExplainedAnswer(BaseModel):
    """`probability` is `background` and everything that is `added`, to rounding."""

    probability: float = Field(description="As issued.")
    background: float = Field(description="The model's mean answer on the background windows.")
    verdict: Proof = Field(description="Whether the model knows this at all, as in `trust` of the prediction.")
    model_error: float | None = Field(
        description="Calibration error of such probabilities in the model's test; null if never measured."
    )
    model_error_by_chance: float | None = Field(description="What a perfect model would show on as long a test.")
    test_candles: int | None
    effects: list[EffectAnswer] = Field(description="Largest first.")


class BackgroundAnswer(BaseModel):
    """Windows of the model's training period, the same for as long as it serves."""

    windows: int
    period: Period


class ExplanationAnswer(BaseModel):
    """Exact Shapley values of seven groups of features, over all 128 coalitions.

    What is outside of a coalition is taken from the background windows (interventional).
    """

    status: Literal["success"]
    market: MarketAnswer | None
    symbol: str
    timeframe: Timeframe
    model_version: str
    candle_open_time: str
    background: BackgroundAnswer
    move: ExplainedAnswer = Field(description="Of P(move), that a barrier is touched.")
    side: ExplainedAnswer = Field(description="Of P(LONG) given a move.")


@router.get("/predictions/{symbol:symbol}/explanation", responses={200: {"model": ExplanationAnswer}})
def explanation(
    request: Request, application: Running, symbol: SymbolPath, timeframe: TimeframeQuery = Timeframe.M15.value
) -> Response:
    """What speaks for and against a move in the newest prediction of one coin, and what for which side.

    503 `not_explained` in the moment in which its model or its candles are replaced.
    """
    board = filled_board(application)
    newest = newest_prediction(board, symbol, timeframe)
    found, trust = application.explanations.of(newest), newest.trust
    content = {
        "status": "success",
        "market": market_json(board.market),
        "symbol": found.series.symbol,
        "timeframe": found.series.timeframe.value,
        "model_version": found.model_version,
        "candle_open_time": iso(found.candle_open_time),
        "background": _background(found.background),
        "move": _explained(found.move, trust.timing_proof),
        "side": _explained(found.side, trust.side_proof),
    }
    return answer(request, content)


def _background(background: Background) -> dict[str, Any]:
    period = {"from": iso(background.period.from_), "to": iso(background.period.to)}
    return {"windows": background.windows, "period": period}


def _explained(explained: Explained, proof: Proof) -> dict[str, Any]:
    return {
        "probability": explained.issued,
        "background": explained.background,
        "verdict": proof.value,
        "model_error": explained.model_error,
        "model_error_by_chance": explained.by_chance,
        "test_candles": explained.test_candles,
        "effects": [
            {
                "group": effect.group.value,
                "features": [feature.name for feature in DESCRIBED if feature.group is effect.group],
                "added": effect.added,
                "standard_error": effect.error,
                "below_model_error": explained.drowned(effect),
            }
            for effect in explained.effects
        ],
    }
