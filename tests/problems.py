"""Problems for tests, as the house states them, and what is said of them."""

from __future__ import annotations

from core.domain import Series, Timeframe
from core.findings import NoModel, TrainModels, Unavailable, UnavailableKind
from core.market.series import SeriesStatus
from core.model.coverage import MIN_TRAINING_CANDLES
from core.model.registry import ModelStatus
from core.wording.facts import shipping_rule
from core.wording.sentences import problem_sentence, problem_text

RULE = shipping_rule(MIN_TRAINING_CANDLES)


def no_model(symbol: str, timeframe: Timeframe, folder: str = "/srv/candor/models") -> Unavailable:
    """There is no model, and one would be below ``folder``."""
    facts = NoModel(Series(symbol, timeframe), f"{folder}/{symbol}/{timeframe}", MIN_TRAINING_CANDLES)
    return Unavailable(UnavailableKind.NO_MODEL, facts, TrainModels((symbol,), timeframe, anew=False))


def no_model_text(symbol: str, timeframe: Timeframe) -> str:
    """What stands wherever such a model would show."""
    return problem_text(no_model(symbol, timeframe).facts)


def reason_of(status: SeriesStatus) -> str | None:
    """What is said of a series' candles; None where nothing is wrong with them."""
    return None if status.problem is None else problem_text(status.problem)


def reason_of_model(status: ModelStatus) -> str:
    """Why there is no usable model; empty where there is one."""
    return "" if status.problem is None else str(problem_sentence(status.problem))
