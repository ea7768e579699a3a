"""The signals as a table, sortable in the browser and saved as CSV."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ButtonColumnResult, ColumnConfig

from core.domain import Direction, Timeframe
from core.measured import MeasuredSkill
from core.prediction import Prediction, SkillResult
from core.signals.bands import band_of
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours, above_usual_at_hour, usual_at_hour
from core.wording.language import in_a_row, phrase, say
from core.wording.result import result_of
from core.wording.sentences import finding_sentence, problem_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import (
    BAND_STYLES,
    DIRECTION_STYLES,
    PROOF_STYLES,
    SEVERITY_STYLES,
    is_weak,
    problem_word,
    shown_severity,
    trust_word,
)
from pages.components.shared.headline import distance_by_text, side_text
from pages.components.shared.number_text import change_text, coins_text, percent_text, points_text, skill_text
from pages.components.shared.weak_models import weak_models_note
from pages.components.signals.filters import Sort

WHOLE_PERCENT = phrase("%.0f\u00a0%%")
"""As cards say P(move). A bar's text is Streamlit's to write; those of other columns are ours (see as_shown)."""

_STAR, _DRAWN, _PRESSED = "table_star", "table_symbols", "table_star_pressed"

LONGEST_SYMBOL = 130  # pixels: RENDERUSDT, and 1000SHIBUSDT, in one piece

BAR = 108  # pixels: leaves room at 1440 for whether a signal is trusted

LONGEST_MOVE = 205  # pixels: a small move, which has two decimals, until another day, in one piece

LONGEST_SIDE = 165  # pixels: a side that leans, and a test worse than none, in either language

LONGEST_FIGURES = 250  # pixels: a skill, its interval and its n

PRICE = "%,.8g"
"""Every digit of a price: what is copied out of the table is what the chart says."""

COLUMNS = {
    "symbol": st.column_config.TextColumn(phrase("Coin"), pinned=True, width=LONGEST_SYMBOL),
    "move_probability": st.column_config.ProgressColumn(
        phrase("P(move)"),
        width=BAR,
        format=WHOLE_PERCENT,
        min_value=0,
        max_value=100,
        help=phrase("That one of the two barriers is touched within the horizon"),
    ),
    "usual_now": st.column_config.NumberColumn(
        phrase("Usual, this hour"),
        help=phrase(
            "How often one was touched at this hour of the day; – where too few days are known. The band compares P(move) "
            "with all hours."
        ),
    ),
    "above_usual": st.column_config.NumberColumn(
        phrase("Above usual, points"),
        help=phrase(
            "By how many percentage points P(move) is above what is usual for the coin at this hour, or over all hours where "
            "too few days are known"
        ),
    ),
    "band": st.column_config.TextColumn(
        phrase("Band, all hours"), help=phrase("P(move) beside what is usual for the coin over all hours of the day")
    ),
    "headline": st.column_config.TextColumn(phrase("Move"), width=LONGEST_MOVE),
    "side_said": st.column_config.TextColumn(
        phrase("Side"), width=LONGEST_SIDE, help=phrase("Only as strong as the model's test allows")
    ),
    "when": st.column_config.TextColumn(phrase("Timing"), help=phrase("What the model's test proves of when")),
    "which_way": st.column_config.TextColumn(
        phrase("Side's test"), width=LONGEST_SIDE, help=phrase("What the model's test proves of which way")
    ),
    "long_if_move": st.column_config.NumberColumn(
        phrase("P(LONG | move)"), help=phrase("That the upper barrier is the one that is touched first")
    ),
    "call": st.column_config.TextColumn(phrase("Call"), help=phrase("The largest of the three probabilities")),
    "confidence": st.column_config.NumberColumn(phrase("Confidence")),
    "trust": st.column_config.TextColumn(phrase("Trust")),
    "accuracy": st.column_config.NumberColumn(phrase("Accuracy"), help=phrase("On the model's test period")),
    "baseline": st.column_config.NumberColumn(phrase("Baseline"), help=phrase("Always calling the commonest class")),
    "test_candles": st.column_config.NumberColumn(
        "n", format="%,d", help=phrase("Candles the accuracy was measured on")
    ),
    "timing_figures": st.column_config.TextColumn(
        phrase("Timing skill"),
        width=LONGEST_FIGURES,
        help=phrase("With its 95\u00a0% interval and the candles it is of"),
    ),
    "side_figures": st.column_config.TextColumn(
        phrase("Side skill"),
        width=LONGEST_FIGURES,
        help=phrase("With its 95\u00a0% interval and the candles it is of: those after which a barrier was touched"),
    ),
    "long": st.column_config.NumberColumn(phrase("Long")),
    "no_trade": st.column_config.NumberColumn(phrase("No trade")),
    "short": st.column_config.NumberColumn(phrase("Short")),
    "price": st.column_config.NumberColumn(phrase("Price"), format=PRICE),
    "change_24h": st.column_config.NumberColumn(phrase("24 h")),
    "levels_side": st.column_config.TextColumn(
        phrase("Levels of"), help=phrase("The side whose stop and take profits these are: the likelier one if it moves")
    ),
    "stop_loss": st.column_config.NumberColumn(phrase("Stop"), format=PRICE),
    "tp1": st.column_config.NumberColumn("TP1", format=PRICE),
    "tp2": st.column_config.NumberColumn("TP2", format=PRICE),
    "tp3": st.column_config.NumberColumn("TP3", format=PRICE),
    "tp_eta_minutes": st.column_config.NumberColumn(phrase("To TP1"), format=phrase("%d min")),
    "sparkline": st.column_config.LineChartColumn(phrase("Last 48 candles")),
    "why": st.column_config.TextColumn(phrase("Why"), width="large"),
}
"""What the table shows, in its order, after the star."""


SHARES = (
    "move_probability",
    "usual_now",
    "long_if_move",
    "confidence",
    "accuracy",
    "baseline",
    "long",
    "no_trade",
    "short",
    "change_24h",
)
"""Fractions in the file, percentages on the page."""

_TEXTS: dict[Any, Any] = {
    **dict.fromkeys(("usual_now", "long_if_move"), lambda share: percent_text(share / 100, 0)),
    **dict.fromkeys(
        ("confidence", "accuracy", "baseline", "long", "no_trade", "short"), lambda share: percent_text(share / 100)
    ),
    "change_24h": lambda change: change_text(change / 100),
    "above_usual": points_text,
}
"""How numbers are written that Streamlit would write in a way of its own, with a hyphen for a minus."""

SORTED_BY = {
    Sort.UNUSUAL: "band",
    Sort.MOVE: "move_probability",
    Sort.CONFIDENCE: "confidence",
    Sort.SIDE: "side_said",
    Sort.ACCURACY: "accuracy",
    Sort.NAME: "symbol",
}
"""The column whose head shows how the rows are ordered."""

EXPORTED = (
    "symbol",
    "timeframe",
    "direction",
    "confidence",
    "long",
    "no_trade",
    "short",
    "move_probability",
    "usual_move_probability",
    "long_if_move",
    "short_if_move",
    "price",
    "change_24h",
    "levels_side",
    "entry",
    "stop_loss",
    "tp1",
    "tp2",
    "tp3",
    "tp_eta_minutes",
    "upper_barrier",
    "lower_barrier",
    "candle_open_time",
    "valid_until",
    "horizon_ends",
    "accuracy",
    "baseline",
    "test_candles",
    "trust",
    "timing",
    "timing_skill",
    "timing_skill_low",
    "timing_skill_high",
    "timing_n",
    "side",
    "side_skill",
    "side_skill_low",
    "side_skill_high",
    "side_n",
    "reasons",
    "model_version",
)
"""What the CSV holds, in its order."""

_AS_IN_THE_API = (
    "direction",
    "confidence",
    "move_probability",
    "usual_move_probability",
    "test_candles",
    "levels_side",
    "entry",
    "stop_loss",
    "tp_eta_minutes",
    "candle_open_time",
    "valid_until",
    "horizon_ends",
    "model_version",
)


def signal_table(
    signals: Sequence[Signal],
    watched: Collection[str],
    timeframe: Timeframe,
    market: str,
    now: datetime,
    sort: Sort,
    hours: Hours,
) -> None:
    """The table in the order ``sort``, ``watched`` coins first, and a button that saves what it shows.

    ``market`` goes into the file's name.
    """
    table = table_of(sorted(signals, key=lambda signal: signal.symbol not in watched), now, watched, hours)
    st.session_state[_DRAWN] = table["symbol"].tolist()
    with st.container(key="signals_table"):  # ends with the window: page_style.css
        st.dataframe(
            as_shown(table),
            key="signal_table",
            hide_index=True,
            column_order=columns_of(table),
            column_config={"watched": _stars(), **_heads(SORTED_BY[sort])},
            height="content",
            placeholder="–",
            alt=say("Signals of {coins} on {timeframe}", coins=coins_text(len(table)), timeframe=timeframe),
        )
    st.download_button(
        say("Signals ({count}, CSV)", count=len(table)),
        table.to_csv(columns=list(EXPORTED), index=False),
        f"candor-{market}-{timeframe}.csv",
        "text/csv",
        key="save_csv",
        icon=":material/download:",
        on_click="ignore",
    )
    weak_models_note(signals)


def _heads(sorted_by: str) -> dict[str, ColumnConfig]:
    """The columns with head and help in the reader's language; an arrow shows by which one rows are ordered."""
    arrow = "↑" if sorted_by == SORTED_BY[Sort.NAME] else "↓"
    return {name: _with_arrow(column, f" {arrow}" if name == sorted_by else "") for name, column in COLUMNS.items()}


def _with_arrow(column: ColumnConfig, arrow: str) -> ColumnConfig:
    label, explained = column["label"], column["help"]
    kind: Any = column["type_config"]  # the kinds that have a format are many
    if kind and kind.get("format"):
        kind = kind | {"format": say(kind["format"])}
    head = label and f"{say(label)}{arrow}"
    return column | {"label": head, "help": explained and say(explained), "type_config": kind}


def _stars() -> ButtonColumnResult:
    return st.column_config.ButtonColumn(
        "★",
        pinned=True,
        width=44,
        type="tertiary",
        help=say("Watch a coin, or no longer: the watched come first"),
        key=_STAR,
        on_click=_press,
    )


def _press() -> None:
    """Remember which star was pressed, for the browser, which keeps the list: see pressed_star."""
    click, drawn = st.session_state[_STAR], st.session_state.get(_DRAWN, [])
    if click is not None and click.row < len(drawn):
        st.session_state[_PRESSED] = {"symbol": drawn[click.row], "press": uuid4().hex}


def pressed_star() -> dict[str, str] | None:
    """The coin whose star was pressed last in this session, and a name for the press, so that it is followed once."""
    pressed: dict[str, str] | None = st.session_state.get(_PRESSED)
    return pressed


def table_of(
    signals: Sequence[Signal], now: datetime, watched: Collection[str] = (), hours: Hours = NO_HOURS
) -> pd.DataFrame:
    """One row per signal. Shares, changes and accuracy are fractions, prices numbers; what there is none of is empty."""
    columns = dict.fromkeys(("watched", *COLUMNS, *EXPORTED))
    return pd.DataFrame(
        [_row(signal, now, hours) | {"watched": "★" if signal.symbol in watched else "☆"} for signal in signals],
        columns=list(columns),
    )


def columns_of(table: pd.DataFrame) -> list[str]:
    """Those that are shown, in their order: what is usual at this hour only where that of any coin is known."""
    known = table["usual_now"].notna().any()
    return ["watched", *(name for name in COLUMNS if known or name != "usual_now")]


def as_shown(table: pd.DataFrame) -> Styler:
    """The table with its shares as numbers of percent, and with its figures written as everywhere on the pages."""
    shares = {name: table[name].astype(float) * 100 for name in SHARES}
    return table.assign(**shares).style.format(_TEXTS, na_rep="–")


def _row(signal: Signal, now: datetime, hours: Hours) -> dict[str, object]:
    row: dict[str, object] = {
        "symbol": signal.symbol,
        "timeframe": signal.timeframe.value,
        "price": signal.price,
        "change_24h": signal.change,
        "sparkline": list(signal.sparkline),
    }
    if signal.prediction is not None:
        above, usual = above_usual_at_hour(signal.prediction, hours), usual_at_hour(signal.prediction, hours)
        return row | _call(signal.prediction, now) | {"above_usual": above, "usual_now": usual}
    if signal.problem is not None:
        return row | {
            "trust": f"○ {problem_word(signal.problem)}",
            "why": problem_sentence(signal.problem, TYPESET.in_zone(now.tzinfo)).text,
            "reasons": problem_sentence(signal.problem).text,
        }
    return row


def _call(prediction: Prediction, now: datetime) -> dict[str, object]:
    p, measured, trust = prediction.probabilities, prediction.accuracy, prediction.trust
    look = DIRECTION_STYLES[prediction.direction]
    result = result_of(prediction)
    return {
        "band": trust_word(trust) if is_weak(trust) else BAND_STYLES[band_of(prediction)].word,
        "headline": distance_by_text(prediction, now),
        "side_said": side_text(prediction),
        "call": look.text,
        "long": p[Direction.LONG],
        "no_trade": p[Direction.NO_TRADE],
        "short": p[Direction.SHORT],
        **{f"{side.lower()}_if_move": share for side, share in result.side_probability.items()},
        **{f"{which}_barrier": price for which, price in result.barriers.items()},
        "when": PROOF_STYLES[trust.timing_proof].text,
        "which_way": PROOF_STYLES[trust.side_proof].text,
        "timing": result.trust.timing.verdict,
        "timing_figures": _figures(trust.timing),
        **_as_numbers("timing", result.trust.timing),
        "side": result.trust.side.verdict,
        "side_figures": _figures(trust.side),
        **_as_numbers("side", result.trust.side),
        "trust": f"{SEVERITY_STYLES[shown_severity(trust)].glyph} {trust_word(trust)}",
        "accuracy": None if measured is None else measured.accuracy,
        "baseline": None if measured is None else measured.majority_accuracy,
        **{name: getattr(result, name) for name in _AS_IN_THE_API},
        **result.take_profits,
        "why": in_a_row(*(finding_sentence(finding, TYPESET.in_zone(now.tzinfo)).text for finding in trust.findings)),
        "reasons": " ".join(result.trust.reasons),
    }


def _figures(measured: MeasuredSkill | None) -> str | None:
    """What a verdict rests on: ``+0.030 (+0.011 to +0.049), n = 2,880``; None where there was no test."""
    if measured is None:
        return None
    skill = skill_text(measured.skill, measured.low, measured.high)
    return say("{skill}, n\u00a0=\u00a0{n:,}", skill=skill, n=measured.n)


def _as_numbers(question: str, skill: SkillResult) -> dict[str, object]:
    """The same for a file, by the names of its columns."""
    low, high = skill.interval or (None, None)
    return {
        f"{question}_skill": skill.skill,
        f"{question}_skill_low": low,
        f"{question}_skill_high": high,
        f"{question}_n": skill.n,
    }
