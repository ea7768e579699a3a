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
from core.model.registry import ModelStatus
from core.signals.trust import (
    accuracy_band,
    majority_class,
    side_skill,
    timing_over_clock,
    timing_skill,
    what_was_tested,
    whole_skill,
)
from core.wording.language import listed, phrase, say
from core.wording.sentences import problem_sentence, what_was_tested_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_STYLES, accuracy_word, speaker
from pages.components.shared.model_charts import confusion_chart, reliability_chart
from pages.components.shared.model_periods import measured_elsewhere, periods_of
from pages.components.shared.number_text import accuracy_share, ends_text, percent_text
from pages.components.shared.plain_text import plain, whole
from pages.components.shared.promises_panel import promises_panel
from pages.components.shared.questions import (
    CLOCK,
    WHEN,
    WHICH_WAY,
    conclusion,
    side_sentence,
    skill_sentence,
    timing_sentence,
)
from pages.components.shared.reliability import reliability_points, reliability_sentence
from pages.components.shared.walk_forward import walk_forward_sentences
from pages.components.shared.zone import reader_style

MADE: dict[ModelKind, str] = {
    "cnn_lstm": phrase("one network trained on all coins, its last layer fitted to this coin"),
    "ensemble": phrase(
        "both trained on all coins and weighed halfway between equal and what the validation period asks "
        "for, the network's last layer fitted to this coin"
    ),
}
"""How each kind of model came to be."""

_SEES: dict[ModelKind, str] = {
    "cnn_lstm": phrase("the last {window} candles through {count} features: {features}"),
    "ensemble": phrase(
        "the last {window} candles (the trees: the newest one only) through {count} features: {features}"
    ),
}

_FITTED = {
    False: phrase("{temperature:.2f} (no clear need for another)"),
    True: phrase("{temperature:.2f} (fitted on the validation period)"),
}
"""What is said of a model's temperature, by whether it had to be fitted."""
Colour = Literal["gray", "green", "orange"]

_BAND_COLOURS: dict[str, Colour] = {
    "weak": "gray",
    "fair": "gray",
    "good": "green",
    "excellent": "green",
}


def model_card(status: ModelStatus, market: MarketIdentity | None, walked: WalkForward | Unmeasured | None) -> None:
    """Show the model of a coin and timeframe, or why there is none; ``walked`` is what its timeframe's recipe did before."""
    st.subheader(say("Model card"), anchor="model")
    if status.metrics is None:
        _no_model(status)
        return
    metrics = status.metrics
    st.caption(
        say(
            "{speaker}: {made}. Version {model_version}, trained {trained_at} on candles of {market}.",
            speaker=speaker(metrics),
            made=say(MADE[metrics.kind]),
            model_version=plain(metrics.model_version),
            trained_at=reader_style().minute(metrics.trained_at),
            market=plain(metrics.market),
        )
    )
    if elsewhere := measured_elsewhere([metrics], market):
        st.info(plain(elsewhere), icon=":material/science:")
    if metrics.test is None:
        st.error(
            say("This model was never tested, so nothing is known about how often it is right."),
            icon=":material/error:",
        )
    else:
        if (tested := what_was_tested(metrics)) is not None:
            st.markdown(whole(what_was_tested_sentence(tested, reader_style())))
        _quality(metrics.test, walk_forward_sentences(walked, metrics.timeframe))
    _background(metrics)


def _no_model(status: ModelStatus) -> None:
    if status.problem is None:
        return
    sentence = problem_sentence(status.problem, TYPESET)
    if status.state == "missing":
        st.info(plain(sentence.text), title=say("No model"), icon=":material/info:")
    else:
        st.error(plain(sentence.text), title=say("The model's files cannot be used"), icon=":material/error:")
        st.caption(say("Nothing in them was run. The chart and the other timeframes work as usual."))
    if sentence.command:
        st.caption(say("With enough candles in a folder, FOLDER here, this trains one:"))
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
        st.markdown(whole(walked))
    promises_panel([test], "####", "card")
    reliability, confusion = st.columns(2)
    with reliability, st.container(border=True, height="stretch"):
        _reliability(test)
    with confusion, st.container(border=True, height="stretch"):
        st.markdown(say("#### Calls and outcomes"))
        st.caption(say("Candles of the test period: rows are outcomes, columns calls, with the share of the row."))
        confusion_chart(test)


@dataclass(frozen=True, slots=True)
class _Tile:
    """One figure of a test: its name, its value, what stands below in ``colour``, and what it means."""

    label: str
    value: str
    below: str
    explained: str
    colour: Colour = "gray"


def _accuracy_colour(test: Evaluation) -> Colour:
    """That of the same finding in tables: amber where always saying one class does as well, unless the skill is proven."""
    if test.accuracy <= test.majority_accuracy:
        return "gray" if whole_skill(test).proof is Proof.PROVEN else "orange"
    return _BAND_COLOURS[accuracy_band(test.accuracy)]


def _tiles(test: Evaluation) -> tuple[_Tile, ...]:
    low, high = test.accuracy_interval
    majority = DIRECTION_STYLES[majority_class(test)].word
    return (
        _Tile(
            say("Accuracy"),
            accuracy_share(test.accuracy),
            f"{accuracy_word(test)} · n = {test.n:,}",
            say("Share of test candles called rightly. Three classes: chance is about a third."),
            _accuracy_colour(test),
        ),
        _Tile(
            say("95\u00a0% interval"),
            f"{low * 100:.1f}–{high * 100:.1f}",
            say("per cent, Wilson"),
            say("Where the accuracy lies, given the size of the test."),
        ),
        _Tile(
            say("Baseline"),
            percent_text(test.majority_accuracy),
            say("always {majority}", majority=majority),
            say("What always calling the test period's most frequent class would score."),
        ),
        _Tile(
            say("Skill"),
            TYPESET.around_zero(test.skill),
            ends_text(test.skill_interval[0], test.skill_interval[1]),
            say("1 − log loss / log loss of the class frequencies: 0 is no better than they, 1 is perfect."),
        ),
        _Tile(
            say("Log loss"),
            f"{test.log_loss:.3f}",
            say("baseline {climatology_log_loss:.3f}", climatology_log_loss=test.climatology_log_loss),
            say(
                "Mean surprise by what happened, in nats; lower is better. The baseline says the class frequencies "
                "of training."
            ),
        ),
        _Tile(
            say("Calibration error"),
            say("{points:.1f} points", points=test.ece * 100),
            say("Brier {brier:.3f}", brier=test.brier),
            say("How far confidence is off from what comes true, on average (ECE, 15 bins)."),
        ),
    )


def _when_and_which_way(test: Evaluation) -> None:
    st.markdown(say("#### What it is good at"))
    when, which = st.columns(2)
    proven = Trust((), timing_skill(test), side_skill(test))
    over_clock = skill_sentence(timing_over_clock(test), CLOCK)
    clock = say("Over the clock {skill}", skill=over_clock)
    when.markdown(whole(f"{say(WHEN)}\n\n{timing_sentence(timing_skill(test))}\n\n{clock}"))
    which.markdown(whole(f"{say(WHICH_WAY)}\n\n{side_sentence(side_skill(test))}"))
    st.markdown(conclusion(proven, whole_skill(test)))


def _reliability(test: Evaluation) -> None:
    st.markdown(say("#### Does its confidence come true?"))
    st.caption(
        say(
            "On the dashed line, calls of 45\u00a0% confidence come true 45\u00a0% of the time. Grey: where luck alone "
            "would put them, 95\u00a0% of the time. Bars: candles per point."
        )
    )
    points = reliability_points(test)
    reliability_chart(points, key="reliability_chart")
    st.markdown(whole(reliability_sentence(points)))


def _background(metrics: ModelMetrics) -> None:
    with st.expander(say("How it was made")):
        frequencies = listed(
            f"{DIRECTION_STYLES[direction].word} {percent_text(getattr(metrics.climatology, direction))}"
            for direction in Direction
        )
        horizon = metrics.timeframe.duration * metrics.horizon_candles
        rows = {
            **periods_of(metrics),
            say("Class frequencies in training"): frequencies,
            say("Levels"): say(
                "{barrier:g} × ATR(14) from the close, within {horizon} candles ({hours:g} h)",
                barrier=metrics.barrier_atr_multiple,
                horizon=metrics.horizon_candles,
                hours=horizon.total_seconds() / 3600,
            ),
            say("Sees"): say(
                _SEES[metrics.kind],
                window=metrics.window,
                count=len(metrics.features),
                features=listed(plain(name) for name in metrics.features),
            ),
            say("Temperature"): say(_FITTED[metrics.temperature != 1], temperature=metrics.temperature),
        }
        if metrics.test is not None:
            rows[say("Balanced accuracy")] = percent_text(metrics.test.balanced_accuracy)
            rows[say("Log loss of guessing 1/3 each")] = f"{metrics.test.uniform_log_loss:.3f}"
        st.table(rows, border="horizontal", alt=say("How the model was made"))
