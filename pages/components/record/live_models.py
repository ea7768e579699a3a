"""What became of each model's live signals, for tables that set it beside the models' tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.application import Application
from core.domain import Series
from core.errors import CandorError
from core.journal.slices import ENOUGH, LEAST_BLOCKS, Skill, Slice
from core.journal.track_record import Scope
from core.measured import Proof
from core.model.registry import ModelStatus
from core.wording.language import say
from core.wording.style import TYPESET
from pages.components.record.sentences import when_sentence
from pages.components.shared.beside import Beside
from pages.components.shared.live_figure import LiveFigure
from pages.components.shared.number_text import NONE

if TYPE_CHECKING:
    from core.journal.reading import LedgerReader

LiveSlices = Mapping[tuple[Series, str], Slice]
"""By series and model version."""

_NONE_YET: LiveSlices = MappingProxyType({})


@st.cache_resource(show_spinner=False)
def _beside() -> Beside[LiveSlices]:
    return Beside()


def live_slices(app: Application) -> LiveSlices | None:
    """What was read last; None before the first time, and nothing where the ledger cannot be read."""
    opened = app.recorder.opened()
    if opened is None:
        return None
    answer = _beside().newest(opened.reader, partial(slices_of, opened.reader))
    return _NONE_YET if isinstance(answer, CandorError) else answer


def slices_of(reader: LedgerReader) -> LiveSlices:
    """Read them now; LedgerUnavailable where that cannot be."""
    models = reader.records.record(Scope()).models
    return {(model.series, model.model_version): model.figures for model in models}


def live_of(status: ModelStatus, slices: LiveSlices | None) -> LiveFigure | None:
    """That of one model; None before the ledger was read."""
    if slices is None or status.metrics is None:
        return None
    return live_figure(slices.get((status.series, status.metrics.model_version)))


def live_figure(live: Slice | None) -> LiveFigure:
    """The skill of live signals, None where there was none yet, and what came of the moves called."""
    skill = None if live is None else live.skill
    exported = _exported(live)
    if live is None or skill is None or skill.interval is None:
        few = _few_text(live)
        title = say(
            "Live skill is shown from {enough} outcomes on that are worth {least} independent ones; so far: {few}.",
            enough=ENOUGH,
            least=LEAST_BLOCKS,
            few=few,
        )
        return LiveFigure(None, {"text": NONE, "n": few, "proof": None, "title": title}, exported)
    low, high = skill.interval
    title = say(
        "Live, over the class frequencies: {low} to {high} with {sure} however often one looks. {moves}",
        low=TYPESET.around_zero(low),
        high=TYPESET.around_zero(high),
        sure=say(TYPESET.sure),
        moves=when_sentence(live.moves),
    )
    cell = {
        "text": TYPESET.around_zero(skill.skill),
        "n": f"n {skill.n:,}",
        "proof": _proof(skill).value,
        "title": title,
    }
    return LiveFigure(skill.skill, cell, exported)


def _few_text(live: Slice | None) -> str:
    """``3 of 30``, or where only that is too little, what so many are worth: ``worth 1 of 5``; there is room for no more."""
    n = 0 if live is None else live.resolved
    if live is None or n < ENOUGH:
        return say("{n:,} of {enough}", n=n, enough=ENOUGH)
    worth = min(live.independent, 0 if live.skill is None else live.skill.independent)
    return say("worth {independent} of {least}", independent=int(worth), least=LEAST_BLOCKS)


def _proof(skill: Skill) -> Proof:
    return Proof.PROVEN if skill.proven else Proof.WORSE if skill.worse else Proof.UNPROVEN


def _exported(live: Slice | None) -> dict[str, Any]:
    skill, likely = (live.skill, live.moves.likely) if live else (None, None)
    return {
        "live_n": live.resolved if live else 0,
        "live_enough": live.enough if live else False,
        "live_skill": skill.skill if skill else None,
        "live_skill_low": skill.low if skill else None,
        "live_skill_high": skill.high if skill else None,
        "live_moves_called": likely.n if likely else 0,
        "live_moves_came": likely.hits if likely else None,
        "live_moves_promised": likely.promised if likely else None,
        "live_moves_usual": likely.usual if likely else None,
    }
