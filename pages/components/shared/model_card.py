"""The card of one model: what it was trained on, how it was tested, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.domain import Direction, ModelKind
from core.findings import Trust
from core.market.market import MarketIdentity
from core.measured import Proof
from core.model.evaluated import Unmeasured, WalkForward
from core.model.metrics import Evaluation, ModelMetrics
from core.model.periods import Period
from core.model.registry import ModelStatus
from core.signals.trust import (
    WEAK_ACCURACY,
    accuracy_band,
    majority_class,
    side_skill,
    timing_over_clock,
    timing_skill,
    what_was_tested,
    whole_skill,
)
from core.wording.sentences import problem_sentence, tested_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_LOOKS, speaker
from pages.components.shared.model_charts import confusion_chart, reliability_chart
from pages.components.shared.number_text import accuracy_share, percent_text, score_text
from pages.components.shared.plain_text import plain
from pages.components.shared.promises_panel import promises_panel
from pages.components.shared.questions import CLOCK, WHEN, WHICH_WAY, conclusion, skill_sentence
from pages.components.shared.reliability import reliability_points, reliability_sentence
from pages.components.shared.walk_forward import walk_forward_sentences
from pages.components.shared.zone import reader_style

MADE: dict[ModelKind, str] = {
    "cnn_lstm": "one network trained on all coins, its last layer fitted to this coin",
    "ensemble": "both trained on all coins and weighed halfway between equal and what the validation period asks for, the network's last layer fitted to this coin",
}
"""How each kind of model came to be."""

_BUT_TREES: dict[ModelKind, str] = {"cnn_lstm": "", "ensemble": " (the trees: the newest one only)"}

Colour = Literal["red", "gray", "green", "orange"]

_BAND_COLOURS: dict[str, Colour] = {
    "weak": "red",
    "fair": "gray",
    "good": "green",
    "excellent": "green",
}


def model_card(status: ModelStatus, market: MarketIdentity | None, walked: WalkForward | Unmeasured | None) -> None:
    """Show the model of a coin and timeframe, or why there is none; ``walked`` is what its timeframe's recipe did before."""
    st.subheader("Model card", anchor="model")
    if status.metrics is None:
        _no_model(status)
        return
    metrics = status.metrics
    st.caption(
        f"{speaker(metrics)}: {MADE[metrics.kind]}. Version {plain(metrics.model_version)}, trained {reader_style().minute(metrics.trained_at)} "
        f"on candles of {plain(metrics.market)}."
    )
    if market is not None and market.kind == "simulated":
        st.info(elsewhere_sentence(metrics), icon=":material/science:")
    if metrics.test is None:
        st.error(
            "This model was never tested, so nothing is known about how often it is right.", icon=":material/error:"
        )
    else:
        if (tested := what_was_tested(metrics)) is not None:
            st.markdown(tested_sentence(tested))
        _quality(metrics.test, walk_forward_sentences(walked, metrics.timeframe))
    _background(metrics)


def elsewhere_sentence(metrics: ModelMetrics) -> str:
    """Why the accuracy of a model says nothing about a simulated market."""
    period = f", {_period(metrics.test_period)}" if metrics.test else ""
    return (
        f"The market on this page is simulated. The accuracy below was measured on real candles of the test period "
        f"({plain(metrics.market)}{period}), not on this market."
    )


def _no_model(status: ModelStatus) -> None:
    if status.problem is None:
        return
    sentence = problem_sentence(status.problem, TYPESET)
    if status.state == "missing":
        st.info(plain(sentence.text), title="No model", icon=":material/info:")
    else:
        st.error(plain(sentence.text), title="The model's files cannot be used", icon=":material/error:")
        st.caption("Nothing in them was run. The chart and the other timeframes work as usual.")
    if sentence.command:
        st.caption("With enough candles in a folder, FOLDER here, this trains one:")
        st.code(sentence.command, language=None, wrap_lines=True)


def _quality(test: Evaluation, walked: str) -> None:
    with st.grid(6, min_column_width=150):
        for tile in _tiles(test):
            st.metric(
                tile.label,
                tile.value,
                tile.below,
                delta_color=tile.colour,
                delta_arrow="off",
                help=tile.explained,
                border=True,
                height="stretch",
            )
    with st.container(border=True):
        _when_and_which_way(test)
        st.markdown(walked)
    promises_panel([test], "####", "card")
    reliability, confusion = st.columns(2)
    with reliability, st.container(border=True, height="stretch"):
        _reliability(test)
    with confusion, st.container(border=True, height="stretch"):
        st.markdown("#### What it called, what happened")
        st.caption(
            "Candles of the test period: rows are what happened, columns what was called, with the share of the row."
        )
        confusion_chart(test)


@dataclass(frozen=True, slots=True)
class _Tile:
    """One figure of a test: its name, its value, what stands below in ``colour``, and what it means."""

    label: str
    value: str
    below: str
    explained: str
    colour: Colour = "gray"


def _accuracy_in_a_word(test: Evaluation) -> tuple[str, Colour]:
    """What an accuracy is called, and in which colour: none that warns where the skill is proven."""
    band, beaten = accuracy_band(test.accuracy), test.accuracy > test.majority_accuracy
    if whole_skill(test).proof is Proof.PROVEN and (band == "weak" or not beaten):
        return f"under {TYPESET.share(WEAK_ACCURACY, 0)}" if beaten else "≤ baseline", "gray"
    return band if beaten else "≤ baseline", _BAND_COLOURS[band] if beaten or band == "weak" else "orange"


def _tiles(test: Evaluation) -> tuple[_Tile, ...]:
    low, high = test.accuracy_interval
    called, colour = _accuracy_in_a_word(test)
    majority = DIRECTION_LOOKS[majority_class(test)].word
    return (
        _Tile(
            "Accuracy",
            accuracy_share(test.accuracy),
            f"{called} · n = {test.n:,}",
            "Share of test candles called rightly. Three classes: chance is about a third.",
            colour,
        ),
        _Tile(
            "95 % interval",
            f"{low * 100:.1f}–{high * 100:.1f}",
            "per cent, Wilson",
            "Where the accuracy lies, given the size of the test.",
        ),
        _Tile(
            "Baseline",
            percent_text(test.majority_accuracy),
            f"always {majority}",
            "What always calling the test period's most frequent class would score.",
        ),
        _Tile(
            "Skill",
            score_text(test.skill, 3),
            " to ".join(score_text(end, 3) for end in test.skill_interval),
            "1 − log loss / log loss of the class frequencies: 0 is no better than they, 1 is perfect.",
        ),
        _Tile(
            "Log loss",
            f"{test.log_loss:.3f}",
            f"baseline {test.climatology_log_loss:.3f}",
            "Mean surprise by what happened, in nats; lower is better. The baseline says the class frequencies of training.",
        ),
        _Tile(
            "Calibration error",
            percent_text(test.ece),
            f"Brier {test.brier:.3f}",
            "How far confidence is off from what comes true, on average (ECE, 15 bins).",
        ),
    )


def _when_and_which_way(test: Evaluation) -> None:
    st.markdown("#### What it is good at")
    when, which = st.columns(2)
    proven = Trust((), timing_skill(test), side_skill(test))
    over_clock = skill_sentence(timing_over_clock(test), CLOCK)
    when.markdown(f"{WHEN}\n\nTiming skill {skill_sentence(timing_skill(test))}\n\nOver the clock {over_clock}")
    which.markdown(f"{WHICH_WAY}\n\nSide skill {skill_sentence(side_skill(test))}")
    st.markdown(conclusion(proven))


def _reliability(test: Evaluation) -> None:
    st.markdown("#### Does its confidence come true?")
    st.caption(
        "On the dashed line, calls of 45 % confidence come true 45 % of the time. Grey: where luck alone would put "
        "them, 95 % of the time. Bars: candles per point."
    )
    points = reliability_points(test)
    reliability_chart(points, key="reliability_chart")
    st.markdown(reliability_sentence(points))


def _background(metrics: ModelMetrics) -> None:
    with st.expander("How it was made"):
        frequencies = ", ".join(
            f"{DIRECTION_LOOKS[direction].word} {percent_text(getattr(metrics.climatology, direction))}"
            for direction in Direction
        )
        horizon = metrics.timeframe.duration * metrics.horizon_candles
        rows = {
            **_periods(metrics),
            "Class frequencies in training": frequencies,
            "Levels": f"{metrics.barrier_atr_multiple:g} × ATR(14) from the close, within {metrics.horizon_candles} candles ({horizon.total_seconds() / 3600:g} h)",
            "Sees": f"the last {metrics.window} candles{_BUT_TREES[metrics.kind]} through {len(metrics.features)} features: "
            + ", ".join(plain(name) for name in metrics.features),
            "Temperature": f"{metrics.temperature:.2f}"
            + (" (no clear need for another)" if metrics.temperature == 1 else " (fitted on the validation period)"),
        }
        if metrics.test is not None:
            rows["Balanced accuracy"] = percent_text(metrics.test.balanced_accuracy)
            rows["Log loss of guessing 1/3 each"] = f"{metrics.test.uniform_log_loss:.3f}"
        st.table(rows, border="horizontal", alt="How the model was made")


def _periods(metrics: ModelMetrics) -> dict[str, str]:
    """Its own, and of a model that was trained on those of the one that was tested: neither stands beside the other unsaid."""
    checked = "(settings were checked here; it was learned from in the end)"
    own = {
        "Training period": _period(metrics.periods.train),
        "Validation period": f"{_period(metrics.periods.validation)} {checked}",
    }
    tested = metrics.tested_periods
    before = {
        "Training period of the tested model": _period(tested.train),
        "Validation period of the tested model": f"{_period(tested.validation)} {checked}",
    }
    test = "Test period of the tested model" if metrics.tested_as else "Test period"
    return (
        own
        | (before if metrics.tested_as else {})
        | {test: f"{_period(metrics.test_period)} (nothing was chosen here)"}
    )


def _period(period: Period) -> str:
    return f"{period.from_:%Y-%m-%d} to {period.to:%Y-%m-%d}"
