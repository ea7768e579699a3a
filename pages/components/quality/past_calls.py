"""A model's past calls beside what happened to them. Knows nothing of Streamlit.

What happened is judged by the very barriers the model's signals show (core.signals.labels).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.domain import LABEL_TO_DIRECTION, Direction
from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from core.model.periods import Period
from core.model.scores import wilson_interval
from core.signals.labels import NO_LABEL, label_candles
from core.wording.language import in_a_row, say, say_count
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_STYLES, TOUCHED_FIRST

COLUMNS = ("open_time", "called", "confidence", "happened", "candles_to_barrier")


@dataclass(frozen=True)
class PastCalls:
    """Calls whose horizon is over, one row each and the oldest first, and how many are still open.

    ``judged`` has COLUMNS: the candle's open time (UTC), the called and the happened direction, the confidence
    (fraction) and in which of the following candles the barrier was touched (0: none was, or both in one).
    """

    judged: pd.DataFrame
    undecided: int
    horizon: int

    @cached_property
    def wrong(self) -> pd.DataFrame:
        """The judged calls that did not come true, the newest first."""
        return self.judged[self.judged["called"] != self.judged["happened"]].iloc[::-1].reset_index(drop=True)

    @property
    def worth(self) -> float:
        """How many independent calls tell as much: neighbouring ones are judged by almost the same candles."""
        return max(len(self.judged) / self.horizon, 1.0)

    @property
    def right_interval(self) -> tuple[float, float]:
        """Where the share of right calls lies, with 95 %, by so many as they are worth (Wilson 1927)."""
        right = 1 - len(self.wrong) / len(self.judged)
        return wilson_interval(right * self.worth, self.worth)


def judge_past_calls(history: pd.DataFrame, candles: pd.DataFrame, metrics: ModelMetrics) -> PastCalls:
    """``history`` (of core.signals.history over ``candles``) beside what happened."""
    label, candles_to_barrier = label_candles(
        candles, metrics.timeframe, metrics.barrier_atr_multiple, metrics.horizon_candles
    )
    rows = pd.Index(candles["open_time"]).get_indexer(history.index)
    probabilities = history[[d.value for d in Direction]].to_numpy()
    known = label[rows] != NO_LABEL
    happened = label[rows][known]
    names = np.array([LABEL_TO_DIRECTION[n] for n in range(len(Direction))], dtype=object)
    judged = pd.DataFrame(
        {
            "open_time": history.index[known],
            "called": names[probabilities[known].argmax(axis=1)],
            "confidence": probabilities[known].max(axis=1),
            "happened": names[happened],
            "candles_to_barrier": candles_to_barrier[rows][known],
        },
        columns=list(COLUMNS),
    )
    return PastCalls(judged, int((~known).sum()), metrics.horizon_candles)


def nothing_judged_sentence(calls: PastCalls) -> str:
    """Why there is no judged call."""
    if not calls.undecided:
        return say("No past call can be judged: there are too few candles in memory for a full window.")
    return say_count(
        "No past call can be judged yet: {count} is still open, as the {horizon} candles after a call are not over or are "
        "broken by a gap.",
        "No past call can be judged yet: {count} are still open, as the {horizon} candles after a call are not over or "
        "are broken by a gap.",
        calls.undecided,
        horizon=calls.horizon,
    )


def mistake_sentence(calls: PastCalls) -> str:
    """Which mistake was the most frequent; empty where there was none."""
    wrong = calls.wrong
    if wrong.empty:
        return ""
    (called, happened), count = Counter(zip(wrong["called"], wrong["happened"], strict=True)).most_common(1)[0]
    return say(
        "Most frequent mistake: {called} was called, the outcome was {happened} ({count:,} of {wrong:,} wrong calls).",
        called=DIRECTION_STYLES[Direction(called)].word,
        happened=say(TOUCHED_FIRST[Direction(happened)]),
        count=count,
        wrong=len(wrong),
    )


def dependence_sentence(calls: PastCalls) -> str:
    """What the share of right calls is worth: neighbouring calls are judged by almost the same candles."""
    n = len(calls.judged)
    if not n:
        return ""
    low, high = map(TYPESET.share, calls.right_interval)
    return say_count(
        "Neighbouring calls are judged by almost the same {horizon} candles, so {count} overlapping call tells about as "
        "much as {independent}: right {low} to {high} ({sure} interval). Use the list to look at cases, and the model "
        "card for how good the model is.",
        "Neighbouring calls are judged by almost the same {horizon} candles, so {count} overlapping calls tell about as "
        "much as {independent}: right {low} to {high} ({sure} interval). Use the list to look at cases, and the model "
        "card for how good the model is.",
        n,
        horizon=calls.horizon,
        independent=say_count("{count} independent one", "{count} independent ones", round(calls.worth)),
        low=low,
        high=high,
        sure=say(TYPESET.sure),
    )


def market_sentence(calls: PastCalls, market: MarketIdentity | None, metrics: ModelMetrics) -> str:
    """What these candles are to the model: made up, seen in training, or new."""
    if market is None or calls.judged.empty:
        return ""
    if market.kind == "simulated":
        return say(
            "This market is simulated: right or wrong here shows how the model works, and says nothing about how "
            "good it is on a real one."
        )
    times = calls.judged["open_time"]
    fitted = _inside(times, metrics.periods.train) + _inside(times, metrics.periods.validation)
    tested = _inside(times, metrics.test_period)
    recorded = say("These are recorded candles.") if market.kind == "recorded" else ""
    return in_a_row(recorded, _fitted_or_tested(len(times), fitted, tested))


def _fitted_or_tested(times: int, fitted: int, tested: int) -> str:
    if fitted:
        return say(
            "{fitted:,} of the {times:,} judged candles lie in the period the model was fitted on: it "
            "knew what happened there, so it looks better here than it is.",
            fitted=fitted,
            times=times,
        )
    if tested:
        return say(
            "{tested:,} of the {times:,} judged candles lie in its test period, the one its accuracy "
            "comes from; the model was not fitted on any of them.",
            tested=tested,
            times=times,
        )
    return say("None of these candles lies in a period the model was fitted or tested on: they are new to it.")


def _inside(times: pd.Series, period: Period) -> int:
    return int(((times >= period.from_) & (times <= period.to)).sum())
