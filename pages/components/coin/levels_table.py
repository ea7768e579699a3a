"""The levels of a signal as a table: price, distance from the entry, R, and how long the first target takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import streamlit as st

from core.model.metrics import ModelMetrics
from core.prediction import Prediction
from core.signals.levels import reward_in_r
from core.wording.language import say
from core.wording.style import TYPESET
from pages.components.coin.price_chart import LEVEL_NAMES, level_prices
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.number_text import NONE, change_text, duration_text, price_text

NBSP = "\u00a0"
"""Keeps a cell on one line; the table scrolls sideways where the screen is narrower."""

_COLOURS = {"target": "green", "stop": "red", "entry": "blue"}
_GLYPHS = {"target": "◎", "stop": "✕", "entry": "→"}


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level. ``from_entry`` is a fraction of the entry price, ``r`` the distance in R."""

    name: str
    kind: str
    price: float
    from_entry: float
    r: float


def level_rows(prediction: Prediction) -> list[LevelRow]:
    """The five levels, from the third target to the stop."""
    levels = prediction.levels
    return [
        LevelRow(
            name=say(LEVEL_NAMES[key][0]),
            kind=LEVEL_NAMES[key][2],
            price=price,
            from_entry=price / levels.entry - 1,
            r=reward_in_r(levels, price),
        )
        for key, price in level_prices(levels).items()
    ]


def time_sentence(prediction: Prediction, metrics: ModelMetrics | None) -> str | None:
    """How long the first target takes. Nothing is known of the others: the model was trained on the first alone."""
    quartiles = None if metrics is None else getattr(metrics.time_to_target_minutes, prediction.levels.side)
    if quartiles is not None:
        median, low, high = (
            duration_text(timedelta(minutes=m)) for m in (quartiles.median, quartiles.q25, quartiles.q75)
        )
        return say(
            "Time to take profit 1: median **{median}**; half of the training cases that reached it took between "
            "{low} and {high}.",
            median=median,
            low=low,
            high=high,
        )
    if prediction.minutes_to_target is None:
        return None
    return say(
        "Time to take profit 1: median **{duration}**.",
        duration=duration_text(timedelta(minutes=prediction.minutes_to_target)),
    )


def levels_table(prediction: Prediction, metrics: ModelMetrics | None, tick_size: float) -> None:
    """Show the levels of ``prediction``; greyed where it does not call their side, since they then only hold if it breaks."""
    side = prediction.levels.side
    hypothetical = prediction.direction is not side
    look = DIRECTION_STYLES[side]
    st.subheader(say("Levels if it breaks") if hypothetical else say("Levels"), anchor="levels")
    if hypothetical:
        called = DIRECTION_STYLES[prediction.direction].word
        st.caption(
            say(
                "The model calls {called}. This is what a {word} would look like if the price breaks that way.",
                called=called,
                word=look.word,
            )
        )
    rows = level_rows(prediction)
    table = pd.DataFrame([_cells(row, tick_size, "gray" if hypothetical else _COLOURS[row.kind]) for row in rows])
    table = table.set_index(say("Level"))
    if hypothetical:
        table = table.map(lambda text: f":gray[{text}]")
    st.table(table, border="horizontal", alt=say("Levels of the {side} side", side=look.word))
    if sentence := time_sentence(prediction, metrics):
        st.markdown(sentence)
    st.caption(
        say(
            "R is the distance from entry to stop: what is risked. Distances are of the price, before fees and "
            "leverage."
        )
    )


def bracket_sentence(prediction: Prediction, tick_size: float) -> str:
    """What stands in the place of levels while no side is picked."""
    upper, lower = (price_text(price, tick_size) for price in prediction.levels.barriers)
    return say(
        "**Bracket** {upper} above and {lower} below: touching either within {horizon_candles} candles is "
        "the move. Pick LONG or SHORT above the chart for entry, stop and take profits of that side.",
        upper=upper,
        lower=lower,
        horizon_candles=prediction.horizon_candles,
    )


def _cells(row: LevelRow, tick_size: float, colour: str) -> dict[str, str]:
    return {
        say("Level"): f":{colour}[{_GLYPHS[row.kind]} **{row.name}**]".replace(" ", NBSP),
        say("Price"): price_text(row.price, tick_size),
        say("From entry"): NONE if row.kind == "entry" else change_text(row.from_entry).replace(" ", NBSP),
        "R": NONE if row.kind == "entry" else TYPESET.signed(row.r, 1),
    }
