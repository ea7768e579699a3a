"""What became of each model's live signals, for tables that set it beside the models' tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import streamlit as st

from core.application import Application
from core.domain import Series
from core.errors import CandorError
from core.journal.slices import Slice
from core.journal.track_record import Scope
from pages.components.shared.beside import Beside

if TYPE_CHECKING:
    from core.journal.reading import LedgerReader

LiveFigures = Mapping[tuple[Series, str], Slice]
"""By series and model version."""

NONE_YET: LiveFigures = MappingProxyType({})


@st.cache_resource(show_spinner=False)
def _beside() -> Beside[LiveFigures]:
    return Beside()


def live_figures(app: Application) -> LiveFigures | None:
    """What was read last; None before the first time, and nothing where the ledger cannot be read."""
    opened = app.recorder.opened()
    if opened is None:
        return None
    told = _beside().newest(opened.reader, partial(figures_of, opened.reader))
    return NONE_YET if isinstance(told, CandorError) else told


def figures_of(reader: LedgerReader) -> LiveFigures:
    """Read them now; LedgerUnavailable where that cannot be."""
    models = reader.records.record(Scope()).models
    return {(model.series, model.model_version): model.figures for model in models}
