"""The filters above the table of models. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.domain import Timeframe
from core.signals.trust import WEAK_ACCURACY
from core.wording.language import phrase, say, say_count
from core.wording.style import TYPESET
from pages.components.quality.part_shown import SHOW
from pages.components.quality.rows import ModelRow
from pages.components.quality.selection import KINDS, LISTED, ONLY_WEAK, TIMEFRAMES, ModelFilters
from pages.components.shared.address import ask, ask_together, asked, widget_at
from pages.components.shared.coin_choice import SYMBOL
from pages.components.shared.coin_search import SEARCH, WATCH, asked_coins, coin_search
from pages.components.shared.nothing_found import finds_none, no_coin_text, no_watched_text, nothing_found
from pages.components.shared.parameters import Several
from pages.components.shared.plain_text import plain

_FILTERS = (TIMEFRAMES, KINDS, ONLY_WEAK, WATCH, SEARCH)

_LABELS = {TIMEFRAMES.name: phrase("Timeframes"), KINDS.name: phrase("Kinds")}


def filter_bar(rows: Sequence[ModelRow]) -> ModelFilters:
    """Draw the filters and say what they are set to."""
    with st.container(key="model_filters", horizontal=True, vertical_alignment="center", gap="small"):
        timeframes = _several(TIMEFRAMES)
        kinds = _several(KINDS) if {row.kind for row in rows} >= set(KINDS.choices) else list(asked(KINDS))
        of_them = ModelFilters(frozenset(map(Timeframe, timeframes)), frozenset(kinds), only_weak=True)
        only_weak = _only_weak(sum(map(of_them.admit, rows)))
        search = coin_search(width=180)
    return replace(of_them, only_weak=only_weak, search=search, watch=asked_coins())


def return_to_filters() -> None:
    """Leave the model that is open for those that were listed."""
    listed = ",".join(asked(LISTED))
    ask_together({SYMBOL.name: "", TIMEFRAMES.name: listed, LISTED.name: "", SHOW.name: ""})


def _several(parameter: Several[str]) -> list[str]:
    asked_for = asked(LISTED if parameter is TIMEFRAMES and _is_left() else parameter)
    drawn = widget_at(parameter.name, [choice for choice in parameter.choices if choice in asked_for])
    return st.pills(
        say(_LABELS[parameter.name]),
        parameter.choices,
        format_func=say,
        selection_mode="multi",
        default=drawn.default,
        key=drawn.key,
        label_visibility="collapsed",
        on_change=drawn.on_change(partial(_ask_for, parameter.name)),
    )


def _ask_for(name: str, chosen: list[str]) -> None:
    if not _is_left():
        ask(name, ",".join(chosen))


def _is_left() -> bool:
    """Whether a model was opened while the table was still being drawn: the timeframe in the address is the model's by now."""
    return SYMBOL.name in st.query_params


def _only_weak(weak: int) -> bool:
    drawn = widget_at(ONLY_WEAK.name, asked(ONLY_WEAK))
    return st.toggle(
        say("Only weak or doubtful ({weak})", weak=weak),
        drawn.default,
        key=drawn.key,
        help=say(
            "Models whose own test speaks against them: no proven skill, and with it an accuracy under "
            "{line} or no better than one class; or broken, or never tested.",
            line=TYPESET.share(WEAK_ACCURACY, 0),
        ),
        on_change=drawn.on_change(lambda on: ask(ONLY_WEAK.name, "true" if on else "")),
    )


def nothing_passes(rows: Sequence[ModelRow], filters: ModelFilters) -> None:
    """Say why no model shows, and offer the way back."""
    nothing_found(why_nothing_passes(rows, filters), _FILTERS)


def why_nothing_passes(rows: Sequence[ModelRow], filters: ModelFilters) -> str:
    without = replace(filters, only_weak=False)
    others = [row for row in rows if without.admit(row)]
    if filters.only_weak and others:
        models = sum(row.metrics is not None for row in others)
        if not models:
            return say(
                "**No weak model here, but no usable model either.** {others} would show without “only weak or "
                "doubtful”.",
                others=len(others),
            )
        return say_count(
            "**No weak model here.** Nothing in their own tests speaks against the {count} model that would show without "
            "“only weak or doubtful”.",
            "**No weak model here.** Nothing in their own tests speaks against the {count} models that would show without "
            "“only weak or doubtful”.",
            models,
        )
    of_any_kind = sum(map(replace(filters, kinds=frozenset()).admit, rows))
    if of_any_kind:
        return say(
            "**No {kinds} here.** {of_any_kind} would show with every kind.",
            kinds=say(" or ").join(say(kind) for kind in sorted(filters.kinds)),
            of_any_kind=of_any_kind,
        )
    if filters.watch and not any(map(ModelFilters(watch=filters.watch).admit, rows)):
        return no_watched_text()
    if finds_none(filters.search, {row.symbol for row in rows}):
        return plain(no_coin_text(filters.search))
    return say("No model passes these filters together.")
