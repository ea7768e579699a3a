"""An assessment as Markdown, which is also what the screen shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.domain import Timeframe
from core.learning.assessment.assess import Assessment
from core.learning.assessment.comparison import Judgement
from core.learning.assessment.fold_comparison import ENSEMBLE, NETWORK, PUBLISHED, Row
from core.learning.assessment.freshness_text import fresh_parts, not_measured
from core.learning.assessment.parts import parts_text
from core.learning.assessment.plan import BOOSTED, LOGISTIC, ONE_PART
from core.learning.assessment.proven import proven_text
from core.learning.assessment.question_tables import questions_text
from core.learning.assessment.results import FoldResult, TimeframeAssessment
from core.learning.assessment.summary import summary_of
from core.learning.assessment.tables import NONE, table, with_interval
from core.learning.assessment.usual_recipe import DAYS, TREES
from core.learning.assessment.wanted import wanted_sentences, wanted_table
from core.learning.datasets import Fold
from core.learning.recipes import RECIPES
from core.market.candles import moment_of
from core.model.evaluated import Unmeasured
from core.model.promises import RELIABILITY_BINS
from core.model.scores import LIKELY, block_days
from core.text import command

_OTHERS = ", ".join(
    f"{timeframe} from {other}"
    for timeframe, recipe in RECIPES.items()
    for other in sorted({each.made for each in recipe.besides if each.made is not timeframe})
)
_UNTIL_END = ", ".join(timeframe for timeframe, recipe in RECIPES.items() if recipe.until == "end")
_BLOCKS = ", ".join(f"{block_days(timeframe)} at {timeframe}" for timeframe in Timeframe)

_INTRODUCTION = f"""\
How good the published models are, beside what is easy to beat and what is not. Written by
`{command("evaluate_models", "--candles", "FOLDER", "--spot-candles", "FOLDER")}`; do not edit it by hand.

- **skill** is 1 − log loss / log loss of climatology, climatology being each coin's class frequencies before the test
  period; the mean over coins. **timing** asks the same of "is a barrier touched?", **direction** of "which one, where
  one was?".
- Intervals are 95 %. Those of skills come from blocks of whole UTC days drawn anew, the same for all coins, since coins
  move together; a block is as long as a label may look ahead, in days: {_BLOCKS}. Those of
  accuracy are Wilson's and take candles for independent, so they are narrower than the truth.
- **majority** is what always calling each coin's commonest class *of the test period itself* would score. **ECE** is
  the calibration error of the confidence over {RELIABILITY_BINS} bins, of all candles together and of the worst coin. **above**
  counts coins above climatology. **LONG** is the share of LONG among LONG and SHORT calls.
- **published** is what is shipped, or, where that was trained on until the end of all candles ({_UNTIL_END}), the model
  that was tested in its place, which the same recipe made of the candles before the test period. It is an ensemble unless
  the validation candles of all coins clearly object. The CNN-LSTM and LightGBM have lines of their own.
- **gain** is the difference in skill to the model named in the line above the table, with the interval of that
  difference.
- **timing** and **side** are judged apart in tables of their own. **the clock** knows the coin and the hour of the week
  alone: a logistic regression on them over all coins, learned from the same candles; the second clock sees season1 as
  well. A move is said to be *likely* where P(move) is {LIKELY:.0%} or more above the coin's usual one, *quiet* where it is
  that much below. Intervals of what came true are over blocks of days drawn anew, too.
- **the usual recipe** is what most would try first: each coin alone, its last {DAYS} days, {TREES} trees of LightGBM as it
  comes out of the box on the same features, trained anew every week, nothing mirrored.
- **one part / two parts**: {ONE_PART} is what the trees were before timing and side were parted, half of the
  charts mirrored for both at once; {BOOSTED} is two forests. The published models' gain over it is the new recipe's over the
  old one, paired on the same candles. The CNN-LSTM is of one part everywhere: one trunk and one softmax over the three
  classes, from which both questions are read; what other charts for its timing would change stands among its ablations.
- Nothing was chosen on the test period of the published models. The recipe was chosen on the earlier periods of the
  walk-forward tables, so these, and the line "all of them", flatter it a little.
- Baselines, ablations and folds learn from the same candles with the same treatment (standardised, clipped, half of the
  charts mirrored, but not for the timing of trees), except that only networks learn from candles of another timeframe
  ({_OTHERS}). Steps and rounds are the recipe's unless the validation period objects beyond doubt; temperatures stay 1 unless it clearly asks
  for another; an ensemble's weights lie halfway between equal ones and those it asks for."""


_WANTED = """\
## Wanted and reached

What was wanted of the published models on their test period before they were made. Skill has its 95 % interval; how many
coins lie above climatology by chance is what 95 % of the resamples of blocks of days show. P(move) of a perfectly calibrated
model would be off by so much on a period of this length, and less than the second figure 19 times in 20."""


def report_text(assessment: Assessment) -> str:
    """The whole report; a quick run says in its first line that it is one."""
    order = assessment.order
    parts = ["# How good the models are", _about(assessment)]
    if order.quick:
        parts.insert(0, "**QUICK RUN: every training was cut to a few steps. These figures mean nothing.**")
    parts.append(_INTRODUCTION)
    if assessment.timeframes:
        summary = summary_of(assessment)
        parts += [f"{_WANTED}\n\n{wanted_table(summary)}\n\n{wanted_sentences(summary)}", proven_text(summary)]
        parts.append(parts_text(assessment.timeframes))
    parts += [_timeframe_text(each) for each in assessment.timeframes]
    if assessment.failed:
        parts.append("## Not measured\n\n" + "\n".join(f"- {what}: {why}" for what, why in assessment.failed.items()))
    parts += [f"## {each.timeframe}: every coin\n\n{_coins_table(each)}" for each in assessment.timeframes]
    return "\n\n".join(parts) + "\n"


def _about(assessment: Assessment) -> str:
    order = assessment.order
    market = order.candles.resolve().name
    spot = f", spot history from {order.spot_candles.resolve().name}" if order.spot_candles else ""
    periods = "; ".join(f"{a.timeframe} {_day(a.first)} to {_day(a.end)}" for a in assessment.timeframes)
    return (
        f"{_day(order.now)}, seed {order.seed}. Candles: {market}{spot} ({periods}; UTC, ends exclusive). "
        f"The run took {assessment.minutes:.0f} minutes: {assessment.made} trainings, {assessment.kept} kept from before."
    )


def _timeframe_text(each: TimeframeAssessment) -> str:
    pooled = next(row.judgement.pooled for row in each.models if row.judgement.name == PUBLISHED)
    assert pooled is not None
    parts = [
        f"## {each.timeframe}",
        f"Test period {_span(each.fold)}, {pooled['coins']} coins, {pooled['n']:,} candles each model was judged on. "
        f"Gain over the published models; the gain of {ONE_PART} is before beside after, the old recipe's trees beside what is "
        "published now:",
        _models_table(each.models),
        "\n".join(f"- {note}" for note in each.notes),
        questions_text(each),
    ]
    if each.ablations:
        parts += [
            "**What each part of the recipe is worth.** Shared networks with one thing changed, judged on the same "
            f"candles. Gain over the {NETWORK} in the first line, over that first line in the others:",
            _models_table(each.ablations),
        ]
    parts += _walk_forward_parts(each)
    parts += fresh_parts(each.timeframe, each.fresh)
    return "\n\n".join(parts)


def _walk_forward_parts(each: TimeframeAssessment) -> list[str]:
    if not each.folds:
        why = each.fresh.reason if isinstance(each.fresh, Unmeasured) else "failed"
        return [f"**Walk-forward.** {not_measured(each.timeframe, why)}"]
    return [
        f"**Walk-forward.** {len(each.folds)} periods in a row, each judged by models trained anew, with the whole "
        "recipe, on all history before it; the last is the test period of the published models. Skill:",
        _folds_table(each),
        f"The {NETWORK} in each of them:",
        _fold_network_table(each.folds),
    ]


# ---------------------------------------------------------------- tables


def _models_table(rows: Sequence[Row]) -> str:
    header = (
        "model", "log loss", "skill", "timing", "direction", "accuracy", "majority", "balanced", "Brier", "ECE", "worst",
        "above", "LONG", "gain",
    )  # fmt: skip
    return table(header, (_model_cells(row) for row in rows))


def _model_cells(row: Row) -> list[str]:
    pooled = row.judgement.pooled
    assert pooled is not None
    calls = row.judgement.calls
    long = pooled["long_share"]
    gain = NONE
    if row.over is not None:
        found = row.judgement.gain_over(row.over)
        gain = with_interval(found["skill"], found["interval"])
    return [
        row.judgement.name,
        f"{pooled['log_loss']:.4f}",
        with_interval(pooled["skill"], pooled["skill_interval"]),
        with_interval(pooled["timing_skill"], pooled["timing_skill_interval"]),
        with_interval(pooled["direction_skill"], pooled["direction_skill_interval"]),
        _accuracy(pooled) if calls else NONE,
        f"{pooled['majority_accuracy']:.1%}",
        f"{pooled['balanced_accuracy']:.1%}" if calls else NONE,
        f"{pooled['brier']:.4f}",
        f"{pooled['ece']:.4f}" if calls else NONE,
        f"{pooled['worst_ece']:.3f}" if calls else NONE,
        f"{pooled['coins_above_climatology']} of {pooled['coins']}",
        f"{long:.1%}" if calls and long is not None else NONE,
        gain,
    ]


def _folds_table(each: TimeframeAssessment) -> str:
    names = [judgement.name for judgement in each.all_folds]
    rows = []
    for result in each.folds:
        by_name = {judgement.name: judgement for judgement in result.judgements}
        coins = max(len(judgement.coins) for judgement in result.judgements)
        rows.append([_span(result.fold), str(coins), *(_skill(by_name[name]) for name in names)])
    rows.append(["all of them", NONE, *(_skill(judgement) for judgement in each.all_folds)])
    return table(("test period", "coins", *names), rows)


def _fold_network_table(folds: Sequence[FoldResult]) -> str:
    header = ("test period", "candles", "timing", "direction", "accuracy", "majority", "ECE", "above", "LONG")
    rows = []
    for result in folds:
        pooled = next((j.pooled for j in result.judgements if j.name == NETWORK), None)
        if pooled is None:
            continue
        rows.append(
            [
                _span(result.fold),
                f"{pooled['n']:,}",
                with_interval(pooled["timing_skill"], pooled["timing_skill_interval"]),
                with_interval(pooled["direction_skill"], pooled["direction_skill_interval"]),
                _accuracy(pooled),
                f"{pooled['majority_accuracy']:.1%}",
                f"{pooled['ece']:.4f}",
                f"{pooled['coins_above_climatology']} of {pooled['coins']}",
                NONE if pooled["long_share"] is None else f"{pooled['long_share']:.1%}",
            ]
        )
    return table(header, rows)


def _coins_table(each: TimeframeAssessment) -> str:
    by_name = {row.judgement.name: row.judgement for row in each.models}
    others = [name for name in (LOGISTIC, BOOSTED, NETWORK, ENSEMBLE) if name in by_name]
    header = (
        "coin", "n", "log loss", "skill", "timing", "direction", "accuracy", "majority", "balanced", "Brier", "ECE",
        *(f"skill of {name}" for name in others),
    )  # fmt: skip
    rows = []
    for symbol, coin in by_name[PUBLISHED].coins.items():
        rows.append(
            [
                symbol,
                f"{coin['n']:,}",
                f"{coin['log_loss']:.4f}",
                with_interval(coin["skill"], coin["skill_interval"]),
                f"{coin['timing_skill']:+.3f}",
                with_interval(coin["direction_skill"], coin["direction_skill_interval"]),
                _accuracy(coin),
                f"{coin['majority_accuracy']:.1%}",
                f"{coin['balanced_accuracy']:.1%}",
                f"{coin['brier']:.4f}",
                f"{coin['ece']:.3f}",
                *(f"{by_name[name].coins[symbol]['skill']:+.4f}" for name in others),
            ]
        )
    return table(header, rows)


def _skill(judgement: Judgement) -> str:
    skills = judgement.skills()
    return with_interval(skills["skill"], skills["skill_interval"])


def _accuracy(values: Mapping[str, Any]) -> str:
    low, high = values["accuracy_interval"]
    return f"{values['accuracy']:.1%} ({low:.1%} {high:.1%})"


def _span(fold: Fold) -> str:
    return f"{_day_of(fold.test)} to {_day_of(fold.end)}"


def _day_of(ms: int) -> str:
    return f"{moment_of(ms):%Y-%m-%d}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
