"""What became of models that were trained anew: the last decision of each timeframe, as the ledger has it."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.errors import CandorError
from core.journal.compared import StoredComparison
from core.wording.language import say
from pages.components.quality.sentences import comparison_sentence
from pages.components.shared.beside import Beside
from pages.components.shared.plain_text import plain


@st.cache_resource(show_spinner=False)
def _beside() -> Beside[tuple[StoredComparison, ...]]:
    return Beside()


def retraining_panel(app: Application) -> None:
    """Nothing before there was a comparison, or where the ledger cannot be read; the next redraw tells what is new."""
    opened = app.recorder.opened()
    found = None if opened is None else _beside().newest(opened.reader, opened.reader.newest_comparisons)
    if not found or isinstance(found, CandorError):
        return
    st.header(say("New models against those in use"), anchor="retraining")
    st.caption(
        say(
            "Trained on all but the newest candles and compared on candles that neither had learned from. New ones are "
            "published where the interval of the gain lies above 0, or a coin had no model that could be used."
        )
    )
    st.markdown("\n".join(f"- {plain(comparison_sentence(each.entry))}" for each in found))
