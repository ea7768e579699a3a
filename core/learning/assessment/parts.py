"""What the ensemble gains over each of its parts alone: on the periods before the test, and on the test itself.

An ensemble may be chosen by the former alone. What it gains over one part is what the other one adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.domain import Timeframe
from core.learning.assessment.comparison import Judgement, joined
from core.learning.assessment.fold_comparison import ENSEMBLE, NETWORK
from core.learning.assessment.plan import BOOSTED
from core.learning.assessment.results import TimeframeAssessment
from core.learning.assessment.tables import NONE, table

_OTHER = {BOOSTED: NETWORK, NETWORK: BOOSTED}


@dataclass(frozen=True, slots=True)
class PairedGain:
    """Skill above another model's on the same ``n`` candles of so many ``periods``, and its 95 % interval."""

    skill: float
    low: float
    high: float
    periods: int
    n: int

    @property
    def proven(self) -> bool:
        return self.low > 0

    @property
    def lost(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class GainOverPart:
    """Of the ensemble over ``part`` alone; None where a timeframe has no earlier period, or a model failed."""

    timeframe: Timeframe
    part: str
    earlier: PairedGain | None
    test: PairedGain | None


def gains_over_parts(each: TimeframeAssessment) -> tuple[GainOverPart, ...]:
    """Over each part, on all earlier periods together and on the test period."""
    earlier = [fold.judgements for fold in each.folds[:-1]]
    test = [tuple(row.judgement for row in each.models)]
    return tuple(GainOverPart(each.timeframe, part, _gain(earlier, part), _gain(test, part)) for part in _OTHER)


def _gain(periods: Sequence[Sequence[Judgement]], part: str) -> PairedGain | None:
    named = [{judgement.name: judgement for judgement in period} for period in periods]
    if not named or not all({ENSEMBLE, part} <= period.keys() for period in named):
        return None
    whole, alone = (joined(name, [period[name] for period in named]) for name in (ENSEMBLE, part))
    gain = whole.gain_over(alone)
    low, high = gain["interval"]
    return PairedGain(gain["skill"], low, high, len(named), sum(_n(period[ENSEMBLE]) for period in named))


def _n(judgement: Judgement) -> int:
    return sum(coin["n"] for coin in judgement.coins.values())


# ---------------------------------------------------------------- as text


def parts_text(timeframes: Iterable[TimeframeAssessment]) -> str:
    """A section: a line for each part of each timeframe, and what follows from it."""
    gains = [gain for each in timeframes for gain in gains_over_parts(each)]
    header = ("", "over", "gain on the earlier periods", "candles", "gain on the test period", "candles")
    return f"""\
## What the ensemble gains over its parts

In skill, paired on the same candles, with the interval of the difference: over LightGBM alone it is what the CNN-LSTM adds, over
the CNN-LSTM alone what LightGBM adds. The earlier periods are those of the walk-forward tables before the test period.
The ensemble stays unless they prefer a part alone beyond doubt, so that a part may ship whose gain is not proven: it is named
here. The test period chose nothing.

{_list(conclusions(gains))}

{table(header, map(_cells, gains))}"""


def conclusions(gains: Sequence[GainOverPart]) -> Iterator[str]:
    judged = [gain for gain in gains if gain.earlier is not None]
    preferred = [gain for gain in judged if gain.earlier is not None and gain.earlier.lost]
    if preferred:
        yield f"The earlier periods prefer a part alone to the ensemble: {'; '.join(map(_alone, preferred))}."
    elif judged:
        yield "Nowhere do the earlier periods prefer a part alone to the ensemble beyond doubt."
    unproven = [each for each in judged if each.earlier is not None and not (each.earlier.proven or each.earlier.lost)]
    if unproven:
        yield f"They prove no gain by {'; '.join(map(_added, unproven))}."
    if later := [each for each in gains if each.test is not None and each.test.lost]:
        yield f"On the test period a part alone is better: {'; '.join(_alone(each, on_test=True) for each in later)}."
    if unjudged := sorted({each.timeframe.value for each in gains if each.earlier is None}):
        yield f"No earlier period tells anything at {', '.join(unjudged)}."


def _alone(gain: GainOverPart, on_test: bool = False) -> str:
    return f"{gain.part} at {gain.timeframe}, over which the ensemble gains {_gain_text(gain.test if on_test else gain.earlier)}"


def _added(gain: GainOverPart) -> str:
    return f"{_OTHER[gain.part]} at {gain.timeframe}, which adds {_gain_text(gain.earlier)} to {gain.part} alone"


def _cells(gain: GainOverPart) -> list[str]:
    candles = (NONE if each is None else f"{each.n:,}" for each in (gain.earlier, gain.test))
    earlier, test = candles
    return [gain.timeframe.value, gain.part, _gain_text(gain.earlier), earlier, _gain_text(gain.test), test]


def _gain_text(gain: PairedGain | None) -> str:
    """To four digits: whether zero lies inside is the question."""
    return NONE if gain is None else f"{gain.skill:+.4f} ({gain.low:+.4f} {gain.high:+.4f})"


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
