"""The board of signals: filters, what they leave, and a card for each coin, one component that the browser draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

from core.domain import Direction, Timeframe
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours
from core.wording.language import in_a_row, phrase, say
from pages.components.shared.address import asked_for
from pages.components.shared.browser_component import browser_component
from pages.components.shared.packing import packed
from pages.components.signals.cards import Card, measured_card, measures_of
from pages.components.signals.filters import (
    Filters,
    Measure,
    Sort,
    count_bands,
    count_directions,
    lifts,
    select,
)
from pages.components.signals.rarity import Rarity, rarity_sentence
from pages.components.signals.sentences import FILTER_NAMES, board_sentence, empty_sentence
from pages.components.signals.view import Layout, View, Weak

MEASURE_NAMES = {
    Measure.CONFIDENCE: phrase("Confidence"),
    Measure.MOVE: phrase("P(move)"),
    Measure.SIDE: phrase("Side margin"),
}

SORT_NAMES = {
    Sort.UNUSUAL: phrase("Above usual"),
    Sort.MOVE: phrase("P(move)"),
    Sort.CONFIDENCE: phrase("Confidence"),
    Sort.SIDE: phrase("Side margin"),
    Sort.ACCURACY: phrase("Accuracy"),
    Sort.NAME: phrase("Name"),
}

_KEY = "signal_board"

BOARD = "signals/board"
"""The component's name."""

_component = browser_component(BOARD, "shared/looks", "shared/star", "signals/bar", "signals/card", place="80vh")


def signal_board(data: dict[str, Any], star: dict[str, str] | None = None) -> frozenset[str]:
    """Draw what ``board_data`` made. Cards keep focus and open explanations when their content changes or they move.

    ``star`` is one that was pressed beside the board, which the browser follows.
    Gives the coins that the browser watches, which it tells where a table is shown.
    """
    watched = _watched_by_the_browser()
    _mount(data | {"told": watched, "star": star, "asked": asked_for()})
    return frozenset(watched)


def _mount(data: dict[str, Any]) -> None:
    _component(key=_KEY, data=data, default={"watched": []}, on_watched_change=lambda: None)


def _watched_by_the_browser() -> list[str]:
    watched = st.session_state.get(_KEY, {}).get("watched")
    return [str(symbol) for symbol in watched] if isinstance(watched, list) else []


def board_data(
    view: View,
    board: Sequence[Signal],
    cards: Sequence[Card],
    now: datetime,
    version: int,
    hours: Hours = NO_HOURS,
    rarity: Rarity | None = None,
    elsewhere: str = "",
) -> dict[str, Any]:
    """``cards`` are of the signals of ``board`` that pass all filters but the minimums, which the browser applies.

    ``hours`` say what is usual at an hour of the day; ``elsewhere`` says of which candles proofs and accuracies are, where those are not of this market.
    """
    asked = view.filters.without_minimums()
    return {
        "version": version,
        "view": _view_data(view),
        "cards": packed(cards),
        "total": sum(signal.prediction is not None for signal in board),
        "counts": _counts(board, asked),
        "counted": _counted(board, asked),
        "sentence": in_a_row(
            rarity_sentence(rarity, view.timeframe, now.tzinfo) if rarity else "", board_sentence(board, now, hours)
        ),
        "elsewhere": elsewhere,
        "empty": _empty(board, view),
        "timeframes": list(Timeframe),
        "measures": {measure: say(name) for measure, name in MEASURE_NAMES.items()},
        "spans": _spans(board),
        "sorts": {sort: say(name) for sort, name in SORT_NAMES.items()},
    }


def _view_data(view: View) -> dict[str, Any]:
    filters = view.filters
    return {
        "timeframe": view.timeframe,
        "layout": view.layout,
        "sort": view.sort,
        "slider": view.slider,
        "weak_hidden": view.weak is Weak.HIDDEN,
        "directions": sorted(filters.directions),
        "bands": sorted(filters.bands),
        "trusted_only": filters.trusted_only,
        "watch": sorted(filters.watch),
        "search": filters.search,
        "minimums": dict(filters.minimums),
    }


def _counts(board: Sequence[Signal], asked: Filters) -> dict[str, dict[str, int]]:
    """How many of each band and direction would show, were all of them asked for."""
    of_any_band = select(board, replace(asked, bands=frozenset()), Sort.NAME)
    of_any_direction = select(board, replace(asked, directions=frozenset[Direction]()), Sort.NAME)
    return {
        "bands": {band.value: count for band, count in count_bands(of_any_band).items()},
        "directions": {each.value: count for each, count in count_directions(of_any_direction).items()},
    }


def _counted(board: Sequence[Signal], asked: Filters) -> dict[str, list[Any]] | None:
    """Of whom the browser counts bands and directions while minimums are on; None where these are the cards."""
    if not asked.bands and not asked.directions:
        return None
    whatever = replace(asked, bands=frozenset(), directions=frozenset[Direction]())
    return packed([measured_card(signal) for signal in select(board, whatever, Sort.NAME) if signal.prediction])


def _spans(board: Sequence[Signal]) -> dict[str, list[float]]:
    """From the least to the most that the models of the whole board say: no filter moves the slider's scale."""
    measured = [measures_of(signal.prediction) for signal in board if signal.prediction is not None]
    if not measured:
        return {}
    return {each.value: [min(m[each] for m in measured), max(m[each] for m in measured)] for each in Measure}


def _empty(board: Sequence[Signal], view: View) -> dict[str, Any] | None:
    """What hides everything besides minimums, and what lifting each of it brings back; None where something shows."""
    weak_hidden = view.weak is Weak.HIDDEN and view.layout is Layout.CARDS
    found = lifts(board, view.filters, weak_hidden)
    if not found:
        return None
    return {
        "text": empty_sentence(view.filters.search, found),
        "lifts": [
            {
                "parameter": lift.field,
                "text": say("Drop {filter}", filter=say(FILTER_NAMES[lift.field])),
                "back": lift.brings_back,
            }
            for lift in found
        ],
    }


def board_skeleton(count: int = 12) -> None:
    """Grey cards in the places where cards will be."""
    _mount({"skeletons": count})
