"""How Candor works and what it does not know: the page for whoever asks why."""

from __future__ import annotations

import streamlit as st

from core.model.evaluated import Evaluated, UnusableEvaluation
from core.wording.language import say
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.method.text import sections
from pages.components.shared.application import application
from pages.components.shared.contents import beside_contents, contents
from pages.components.shared.plain_text import plain


def evaluation() -> Evaluated | None:
    """What was measured; where it cannot be read the page says why."""
    try:
        return application().registry.evaluation()
    except UnusableEvaluation as error:
        st.warning(plain(error_text(error, TYPESET)), icon=":material/warning:")
        return None


found = sections(evaluation())
with beside_contents("method", say("How Candor works"), contents({section.anchor: section.title for section in found})):
    for section in found:
        st.subheader(section.title, anchor=section.anchor)
        st.markdown(section.body)
    st.caption(
        say("Every word in a sentence: [Glossary](glossary). All tables and earlier periods: models/EVALUATION.md.")
    )
