"""An assessment as Markdown, which is also what the screen shows, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.domain import Timeframe
from core.learning.assessment.assess import Assessment
from core.learning.assessment.comparison import Judgement
from core.learning.assessment.plan import BOOSTED, LOGISTIC
from core.learning.assessment.results import ENSEMBLE, NETWORK, PUBLISHED, FoldResult, Row, TimeframeAssessment
from core.learning.datasets import Fold, block_days
from core.learning.recipes import RECIPES
from core.market.candles import moment_of
from core.model.metrics import RELIABILITY_BINS
from core.text import command, iso

_NONE = "–"

_OTHERS = ", ".join(
    f"{timeframe} from {other}"
    for timeframe, recipe in RECIPES.items()
    for other in sorted({each.made for each in recipe.besides if each.made is not timeframe})
)
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
- **published** is what is shipped: an ensemble where the validation candles of all coins prefer it to both of its parts,
  except for coins whose own clearly object; elsewhere a CNN-LSTM alone. The CNN-LSTM, LightGBM and the ensemble of both
  have lines of their own, for all coins.
- **gain** is the difference in skill to the model named in the line above the table, with the interval of that
  difference.
- Nothing was chosen on the test period of the published models. The recipe was chosen on the earlier periods of the
  walk-forward tables, so these, and the line "all of them", flatter it a little.
- Baselines, ablations and folds learn from the same candles with the same treatment (standardised, clipped, half of the
  charts mirrored), except that only networks learn from candles of another timeframe ({_OTHERS}). Steps and
  rounds are the recipe's unless the validation period objects beyond doubt; temperatures stay 1 unless it clearly asks
  for another; an ensemble's weights lie halfway between equal ones and those it asks for."""


def report_text(assessment: Assessment) -> str:
    """The whole report; a quick run says in its first line that it is one."""
    order = assessment.order
    parts = ["# How good the models are", _about(assessment)]
    if order.quick:
        parts.insert(0, "**QUICK RUN: every training was cut to a few steps. These figures mean nothing.**")
    parts += [_INTRODUCTION, *(_timeframe_text(each) for each in assessment.timeframes)]
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
        "Gain over the published models:",
        _models_table(each.models),
        "\n".join(f"- {note}" for note in each.notes),
    ]
    if each.ablations:
        parts += [
            "**What each part of the recipe is worth.** Shared networks with one thing changed, judged on the same "
            f"candles. Gain over the {NETWORK} in the first line, over that first line in the others:",
            _models_table(each.ablations),
        ]
    if each.folds:
        parts += [
            f"**Walk-forward.** {len(each.folds)} periods in a row, each judged by models trained anew, with the whole "
            "recipe, on all history before it; the last is the test period of the published models. Skill:",
            _folds_table(each),
            f"The {NETWORK} in each of them:",
            _fold_network_table(each.folds),
        ]
    return "\n\n".join(parts)


# ---------------------------------------------------------------- tables


def _models_table(rows: Sequence[Row]) -> str:
    header = (
        "model", "log loss", "skill", "timing", "direction", "accuracy", "majority", "balanced", "Brier", "ECE", "worst",
        "above", "LONG", "gain",
    )  # fmt: skip
    return _table(header, (_model_cells(row) for row in rows))


def _model_cells(row: Row) -> list[str]:
    pooled = row.judgement.pooled
    assert pooled is not None
    calls = row.judgement.calls
    long = pooled["long_share"]
    gain = _NONE
    if row.over is not None:
        found = row.judgement.gain_over(row.over)
        gain = _with_interval(found["skill"], found["interval"])
    return [
        row.judgement.name,
        f"{pooled['log_loss']:.4f}",
        _with_interval(pooled["skill"], pooled["skill_interval"]),
        _with_interval(pooled["timing_skill"], pooled["timing_skill_interval"]),
        _with_interval(pooled["direction_skill"], pooled["direction_skill_interval"]),
        _accuracy(pooled) if calls else _NONE,
        f"{pooled['majority_accuracy']:.1%}",
        f"{pooled['balanced_accuracy']:.1%}" if calls else _NONE,
        f"{pooled['brier']:.4f}",
        f"{pooled['ece']:.4f}" if calls else _NONE,
        f"{pooled['worst_ece']:.3f}" if calls else _NONE,
        f"{pooled['coins_above_climatology']} of {pooled['coins']}",
        f"{long:.1%}" if calls and long is not None else _NONE,
        gain,
    ]


def _folds_table(each: TimeframeAssessment) -> str:
    names = [judgement.name for judgement in each.all_folds]
    rows = []
    for result in each.folds:
        by_name = {judgement.name: judgement for judgement in result.judgements}
        coins = max(len(judgement.coins) for judgement in result.judgements)
        rows.append([_span(result.fold), str(coins), *(_skill(by_name[name]) for name in names)])
    rows.append(["all of them", _NONE, *(_skill(judgement) for judgement in each.all_folds)])
    return _table(("test period", "coins", *names), rows)


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
                _with_interval(pooled["timing_skill"], pooled["timing_skill_interval"]),
                _with_interval(pooled["direction_skill"], pooled["direction_skill_interval"]),
                _accuracy(pooled),
                f"{pooled['majority_accuracy']:.1%}",
                f"{pooled['ece']:.4f}",
                f"{pooled['coins_above_climatology']} of {pooled['coins']}",
                _NONE if pooled["long_share"] is None else f"{pooled['long_share']:.1%}",
            ]
        )
    return _table(header, rows)


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
                _with_interval(coin["skill"], coin["skill_interval"]),
                f"{coin['timing_skill']:+.3f}",
                _with_interval(coin["direction_skill"], coin["direction_skill_interval"]),
                _accuracy(coin),
                f"{coin['majority_accuracy']:.1%}",
                f"{coin['balanced_accuracy']:.1%}",
                f"{coin['brier']:.4f}",
                f"{coin['ece']:.3f}",
                *(f"{by_name[name].coins[symbol]['skill']:+.4f}" for name in others),
            ]
        )
    return _table(header, rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns line up on a screen, too."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    text = [
        "| "
        + " | ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (w + 2) if k == 0 else "-" * (w + 1) + ":" for k, w in enumerate(widths)) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def _skill(judgement: Judgement) -> str:
    skills = judgement.skills()
    return _with_interval(skills["skill"], skills["skill_interval"])


def _with_interval(value: float, interval: Sequence[float]) -> str:
    return f"{value:+.4f} ({interval[0]:+.3f} {interval[1]:+.3f})"


def _accuracy(values: Mapping[str, Any]) -> str:
    low, high = values["accuracy_interval"]
    return f"{values['accuracy']:.1%} ({low:.1%} {high:.1%})"


def _span(fold: Fold) -> str:
    return f"{_day_of(fold.test)} to {_day_of(fold.end)}"


def _day_of(ms: int) -> str:
    return f"{moment_of(ms):%Y-%m-%d}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


# ---------------------------------------------------------------- JSON


def report_json(assessment: Assessment) -> dict[str, Any]:
    """Every figure, per coin too, ready for json.dumps; reliability bins of all coins together only."""
    order = assessment.order
    return {
        "date": iso(order.now),
        "quick": order.quick,
        "seed": order.seed,
        "market": order.candles.resolve().name,
        "spot_market": order.spot_candles.resolve().name if order.spot_candles else None,
        "minutes": round(assessment.minutes, 1),
        "timeframes": {each.timeframe.value: _timeframe_json(each) for each in assessment.timeframes},
        "failed": assessment.failed,
    }


def _timeframe_json(each: TimeframeAssessment) -> dict[str, Any]:
    return {
        "candles": {"from": iso(each.first), "to": iso(each.end)},
        "test": _period_json(each.fold),
        "notes": list(each.notes),
        "models": [_row_json(row) for row in each.models],
        "ablations": [_row_json(row) for row in each.ablations],
        "walk_forward": [
            {
                "fold": result.fold.number,
                "test": _period_json(result.fold),
                "models": [_judgement_json(j) for j in result.judgements],
            }
            for result in each.folds
        ],
        "walk_forward_all": [_judgement_json(judgement) for judgement in each.all_folds],
    }


def _row_json(row: Row) -> dict[str, Any]:
    return _judgement_json(row.judgement) | {"gain": row.over and row.judgement.gain_over(row.over)}


def _judgement_json(judgement: Judgement) -> dict[str, Any]:
    pooled = judgement.skills() if judgement.pooled is None else dict(judgement.pooled)
    coins = {s: {k: v for k, v in coin.items() if k != "reliability"} for s, coin in judgement.coins.items()}
    return {"name": judgement.name, "calls": judgement.calls, "pooled": pooled, "coins": coins}


def _period_json(fold: Fold) -> dict[str, str]:
    return {
        "from": iso(moment_of(fold.test)),
        "to": iso(moment_of(fold.end)),
    }
