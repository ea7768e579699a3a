"""What a page of the ledger shows before it could read any: why it cannot, or that it is about to."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.wording.language import in_a_row, say
from core.wording.sentences import ledger_text
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style


def show_waiting(app: Application, title: str | None = None, skeletons: int = 1) -> None:
    """The ledger's troubles in words under ``title``; without any, as many grey boxes as there will be parts."""
    troubles = app.recorder.state().troubles
    if troubles:
        why = in_a_row(*(ledger_text(trouble, reader_style()) for trouble in troubles))
        st.warning(plain(why), title=title or say("The ledger cannot be read now"), icon=":material/database_off:")
        return
    st.info(say("The ledger is being read."), icon=":material/hourglass:")
    for _ in range(skeletons):
        st.skeleton(height=240)
