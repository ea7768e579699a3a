"""How Candor works and what it does not know: the page for whoever asks why."""

from __future__ import annotations

import streamlit as st

from core.model.evaluated import Evaluated, UnusableEvaluation
from core.wording.language import say
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.method.text import sections
from pages.components.shared.application import application
from pages.components.shared.plain_text import plain

WIDTH = 760  # pixels: about as many letters in a line as a page of a book


def evaluation() -> Evaluated | None:
    """What was measured; where it cannot be read the page says why."""
    try:
        return application().registry.evaluation()
    except UnusableEvaluation as error:
        st.warning(plain(error_text(error, TYPESET)), icon=":material/warning:")
        return None


with st.container(width=WIDTH):
    found = sections(evaluation())
    st.header(say("How Candor works"), anchor=False)
    st.markdown(" · ".join(f"[{section.title}](#{section.anchor})" for section in found))
    for section in found:
        st.subheader(section.title, anchor=section.anchor)
        st.markdown(section.body)
    st.caption(
        say("Every word in a sentence: [Glossary](glossary). All tables and earlier periods: models/EVALUATION.md.")
    )
