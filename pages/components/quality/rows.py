"""The rows of the model quality page: every coin and timeframe with its model, or the reason why it has none.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from core.domain import Direction, Timeframe, ticker
from core.findings import (
    Finding,
    NotAboveBaseline,
    Severity,
    SkilledUnderTheLine,
    Trust,
    WorseThanGuessing,
)
from core.market.coins import coin_name
from core.measured import MeasuredSkill
from core.model.metrics import Evaluation, ModelMetrics
from core.model.registry import ModelStatus
from core.signals.trust import (
    WEAK_ACCURACY,
    judge,
    learned_until,
    majority_class,
    measured_accuracy,
    model_findings,
    side_skill,
    timing_skill,
    what_was_tested,
    whole_skill,
)
from core.text import iso
from core.wording.language import in_a_row, phrase, say, say_count
from core.wording.sentences import finding_sentence, problem_sentence, what_was_tested_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import KIND_WORDS, shown_severity, speaker, trust_word
from pages.components.shared.live_figure import LiveFigure
from pages.components.shared.number_text import NONE, accuracy_share, ends_text

_FAR = 1.25
"""How many times as often always calling one class is right where an accuracy lies far under its baseline."""

_MISSING, _UNUSABLE = phrase("No model"), phrase("Unusable files")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One coin and timeframe with its model, or the problem in its place; ``trust`` is what is found against a model.

    ``age`` is that of the newest candle that it learned from; ``live`` is what became of its live signals, None before one.
    """

    status: ModelStatus
    trust: Trust
    age: timedelta | None
    live: LiveFigure | None = None

    @property
    def symbol(self) -> str:
        return self.status.series.symbol

    @property
    def timeframe(self) -> Timeframe:
        return self.status.series.timeframe

    @property
    def metrics(self) -> ModelMetrics | None:
        return self.status.metrics

    @property
    def test(self) -> Evaluation | None:
        return self.metrics.test if self.metrics else None

    @property
    def name(self) -> str:
        """``BTC 15m``: the model in as few letters as a chart has room for."""
        return f"{ticker(self.symbol)} {self.timeframe}"

    @property
    def is_weak(self) -> bool:
        """Whether the model's own test speaks against it, whatever the market does now."""
        return self.metrics is not None and any(
            finding.severity is not Severity.NOTE for finding in model_findings(self.metrics)
        )

    @property
    def kind(self) -> str | None:
        return KIND_WORDS[self.metrics.kind] if self.metrics else None

    @property
    def severity(self) -> str:
        """``critical``, ``warning`` or ``none`` of a model; ``unusable`` or ``missing`` where there is none."""
        if self.metrics is None:
            return self.status.state
        return shown_severity(self.trust) or "none"

    @property
    def gravest(self) -> Finding | None:
        return self.trust.findings[0] if self.trust.findings else None

    @property
    def verdict(self) -> str:
        """The gravest thing to say of the model, in a few words."""
        if self.metrics is None:
            return say(_UNUSABLE if self.status.state == "unusable" else _MISSING)
        facts = self.gravest.facts if self.gravest else None
        if isinstance(facts, WorseThanGuessing):
            return say("Broken: label mix-up?")
        return trust_word(self.trust)

    @property
    def is_no_better(self) -> bool:
        """Whether it is right no more often than always calling one class, skilled or not."""
        return self.test is not None and not measured_accuracy(self.test).above_baseline

    @property
    def explanation(self) -> str:
        """The gravest finding and every note, or why there is no model, in sentences; empty where nothing is to be said."""
        if self.status.problem is not None:
            return problem_sentence(self.status.problem, TYPESET).text
        notes = [each for each in self.trust.findings[1:] if each.severity is Severity.NOTE]
        return in_a_row(*(finding_sentence(each, TYPESET).text for each in [*self.trust.findings[:1], *notes]))

    @property
    def surprises(self) -> bool:
        """Whether verdict and figures alone mislead: a high accuracy that is worth nothing, or skill far under the baseline."""
        facts = self.gravest.facts if self.gravest else None
        if isinstance(facts, SkilledUnderTheLine):
            return facts.measured.majority_accuracy >= _FAR * facts.measured.accuracy
        return isinstance(facts, WorseThanGuessing | NotAboveBaseline)


def row_of(status: ModelStatus, now: datetime, live: LiveFigure | None = None) -> ModelRow:
    """The row of one model as the registry knows it; ``now`` is the market's time."""
    metrics = status.metrics
    if metrics is None:
        return ModelRow(status, Trust(), None)
    age = max(now - learned_until(metrics), timedelta(0))
    return ModelRow(status, judge(metrics, now), age, live)


def summary(rows: Sequence[ModelRow]) -> str:
    """How many models there are, and how many of them are what."""
    counts = dict.fromkeys(("critical", "warning", "none", "unusable", "missing"), 0)
    for row in rows:
        counts[row.severity] += 1
    under = sum(isinstance(each.facts, SkilledUnderTheLine) for row in rows for each in row.trust.findings)
    models = counts["critical"] + counts["warning"] + counts["none"]
    parts = [
        say("{count} weak", count=counts["critical"]),
        say("{count} doubtful", count=counts["warning"]),
        say("{count} trusted", count=counts["none"])
        if not under
        else say(
            "{count} trusted ({under} of them under {line}, with proven skill)",
            count=counts["none"],
            under=under,
            line=TYPESET.share(WEAK_ACCURACY, 0),
        ),
    ]
    text = say_count("{count} model", "{count} models", models)
    if models:
        text = say("{models}: {parts}", models=text, parts=say(", ").join(parts))
    if counts["unusable"]:
        text += say(" · {count}\u00a0with\u00a0unusable\u00a0files", count=counts["unusable"])
    if counts["missing"]:
        text += say(" · {count}\u00a0without\u00a0a\u00a0model", count=counts["missing"])
    return text


def row_data(row: ModelRow) -> dict[str, Any]:
    """One row as plain data for the component; texts are ready to show, shares are fractions."""
    data: dict[str, Any] = {
        "symbol": row.symbol,
        "timeframe": row.timeframe.value,
        "coin": ticker(row.symbol),
        "name": coin_name(row.symbol),
        "severity": row.severity,
        "verdict": row.verdict,
        "no_better": row.is_no_better
        and row.severity == Severity.CRITICAL
        and not row.surprises,  # other verdicts say it
        "explanation": row.explanation,
        "surprises": row.surprises,
    }
    if row.metrics is None:
        return data
    data |= {"kind": row.kind and say(row.kind), "speaker": speaker(row.metrics), "age": age_text(row.age)}
    test = row.metrics.test
    if test is None:
        return data
    low, high = test.accuracy_interval
    return data | {
        "accuracy": {
            "text": accuracy_share(test.accuracy),
            "interval": f"{low * 100:.1f}–{high * 100:.1f}",
            "value": test.accuracy,
            "low": low,
            "high": high,
            "majority": test.majority_accuracy,
        },
        "n": f"{test.n:,}",
        "majority": TYPESET.share(test.majority_accuracy),
        "skill": _skill(whole_skill(test)),
        "live": row.live.cell if row.live else None,
        "timing": _skill(timing_skill(test)),
        "side": _skill(side_skill(test)),
        "ece": f"{test.ece * 100:.1f}",
    }


def _skill(measured: MeasuredSkill) -> dict[str, Any]:
    return {
        "text": TYPESET.around_zero(measured.skill),
        "interval": ends_text(measured.low, measured.high),
        "n": f"{measured.n:,}",
        "proof": measured.proof.value,
    }


def age_text(age: timedelta | None) -> str:
    if age is None:
        return NONE
    return say("{days} d ago", days=age.days) if age.days else say("new")


def models_table(rows: Iterable[ModelRow]) -> pd.DataFrame:
    """One line per row for taking away: plain numbers and fractions; what there is none of is empty."""
    return pd.DataFrame([_exported(row) for row in rows])


def _exported(row: ModelRow) -> dict[str, Any]:
    test, metrics = row.test, row.metrics

    def of_test(name: str) -> Any:
        return getattr(test, name) if test else None

    def ends(name: str) -> dict[str, Any]:
        low, high = getattr(test, f"{name}_interval") if test else (None, None)
        return {name: of_test(name), f"{name}_low": low, f"{name}_high": high}

    return {
        "symbol": row.symbol,
        "timeframe": row.timeframe.value,
        "state": "available" if metrics else row.severity,
        "verdict": row.trust.verdict.value if metrics else None,
        "timing": row.trust.timing_proof.value if metrics else None,
        "side": row.trust.side_proof.value if metrics else None,
        "n": of_test("n"),
        **ends("accuracy"),
        "majority_accuracy": of_test("majority_accuracy"),
        "majority_class": majority_class(test).value if test else None,
        **ends("skill"),
        **ends("timing_skill"),
        **ends("direction_skill"),
        "log_loss": of_test("log_loss"),
        "climatology_log_loss": of_test("climatology_log_loss"),
        "brier": of_test("brier"),
        "ece": of_test("ece"),
        "move_ece": test.move.ece if test and test.move else None,
        "side_ece": test.side.ece if test and test.side else None,
        "kind": row.kind,
        "network_share": metrics.network_share if metrics else None,
        "model_version": metrics.model_version if metrics else None,
        "trained_at": iso(metrics.trained_at) if metrics else None,
        "learned_until": iso(learned_until(metrics)) if metrics else None,
        "tested": what_was_tested_sentence(tested) if metrics and (tested := what_was_tested(metrics)) else None,
        "test_from": iso(metrics.test_period.from_) if metrics else None,
        "test_to": iso(metrics.test_period.to) if metrics else None,
        "reasons": " ".join(str(finding_sentence(each)) for each in row.trust.findings)
        if row.status.problem is None
        else problem_sentence(row.status.problem).text,
        **(row.live.exported if row.live else {}),
    } | {f"calls_{d.value.lower()}": test.calls(d) if test else None for d in Direction}
