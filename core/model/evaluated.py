"""What models/evaluation.json says: how good the published models are together, beside what most would try first.

The evaluation writes it beside EVALUATION.md, whose figures it repeats for pages; every number has bounds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from core.disk import CannotRead, read_bounded
from core.domain import Timeframe
from core.errors import CandorError
from core.model.bounds import Candles, Moment, Share, ShareInterval, Skill, SkillInterval, Text
from core.model.periods import Period, Record
from core.model.promises import Promises
from core.model.strict_json import NotPlainJson, parse_json
from core.text import shorten

EVALUATION_FILE = "evaluation.json"

_LARGEST = 200_000
"""Bytes of evaluation.json; ours takes 20,000."""

Coins = Annotated[int, Field(ge=0, le=100_000)]


class UnusableEvaluation(CandorError):
    """An evaluation.json that cannot be read or does not say what one says."""

    code = "unusable_evaluation"


class Skills(Record):
    """Mean skill over coins, of which class, of whether a barrier is touched and of which one, with 95 % intervals."""

    skill: Skill
    skill_interval: SkillInterval
    timing_skill: Skill
    timing_skill_interval: SkillInterval
    direction_skill: Skill
    direction_skill_interval: SkillInterval


class JudgedModels(Skills):
    """Models of all coins on the same ``n`` candles.

    ``said`` is their mean confidence, beside the share called rightly; ``above`` counts the coins whose skill is above 0.
    """

    n: Annotated[Candles, Field(ge=1)]
    coins: Annotated[Coins, Field(ge=1)]
    above: Coins
    above_interval: Annotated[list[Coins], Field(min_length=2, max_length=2)]
    accuracy: Share
    accuracy_interval: ShareInterval
    majority_accuracy: Share
    said: Share

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        low, high = self.above_interval
        if not (low <= high <= self.coins and self.above <= self.coins):
            raise ValueError(f"of {self.coins} coins {self.above} are above, between {low} and {high}")
        return self


class WalkForward(Skills):
    """The same recipe, trained anew before each of so many periods in a row and judged on their ``n`` candles."""

    n: Annotated[Candles, Field(ge=1)]
    periods: Annotated[int, Field(ge=1, le=1000)]


class Unmeasured(Record):
    """Why a figure is not there: the candles make one test period only, or a model failed that it takes."""

    reason: Literal["one_period", "failed"]


class Gain(Record):
    """Skill above another model's on the same candles: the difference and its 95 % interval."""

    skill: Skill
    interval: SkillInterval


class OneForest(Skills):
    """LightGBM of three classes, as the trees were before timing and side were parted, on the published models' test period.

    ``two_forests`` is what the forests that came after gain over it, ``published`` what the published models do.
    """

    n: Annotated[Candles, Field(ge=1)]
    two_forests: Gain
    published: Gain


class Fresh(Record):
    """What the network trained until a period begins gains over the one trained until a period earlier.

    On ``n`` candles of ``periods`` that both were judged on.
    """

    n: Annotated[Candles, Field(ge=1)]
    periods: Annotated[int, Field(ge=1, le=1000)]
    gain: Gain


PROVEN_BY_CHANCE = 0.025
"""Of models that know nothing, so many have a 95 % interval that lies above zero."""


class Proven(Record):
    """Of how many coins' models each skill's interval lies above zero; chance alone gives PROVEN_BY_CHANCE of ``models``."""

    models: Annotated[Coins, Field(ge=1)]
    timing: Coins
    side: Coins

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        if max(self.timing, self.side) > self.models:
            raise ValueError(f"of {self.models} models {self.timing} and {self.side} are proven")
        return self


class EvaluatedTimeframe(Record):
    """One timeframe: the published models on their test period, and others on the same candles.

    ``one_forest``, ``fresh`` and ``proven`` are None in a file from before they were measured.
    """

    test: Period
    published: JudgedModels
    usual: JudgedModels | None
    move: Promises
    side: Promises
    walk_forward: WalkForward | Unmeasured
    one_forest: OneForest | None = None
    fresh: Fresh | Unmeasured | None = None
    proven: Proven | None = None


class Evaluated(Record):
    """The whole of evaluation.json. A timeframe that nobody measured is missing."""

    date: Moment
    market: Annotated[Text, Field(min_length=1, max_length=80)]
    timeframes: dict[Annotated[Timeframe, Field(strict=False)], EvaluatedTimeframe]


def read_evaluation(folder: Path) -> Evaluated | None:
    """What stands in the folder of models; None where nothing does, UnusableEvaluation where it cannot be used."""
    path = folder / EVALUATION_FILE
    try:
        return Evaluated.model_validate(parse_json(read_bounded(path, _LARGEST)))
    except FileNotFoundError:
        return None
    except (CannotRead, OSError, NotPlainJson) as error:
        reason = str(error)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = f"{shorten('.'.join(map(str, first['loc'])), 80)}: {first['msg'].removeprefix('Value error, ')}"
    raise UnusableEvaluation(f"{EVALUATION_FILE} cannot be used ({shorten(reason, 160)}).")
