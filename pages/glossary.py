"""What every word means: one place for definitions, to which the heads of columns lead."""

from __future__ import annotations

import streamlit as st

from core.wording.language import say
from pages.components.glossary.text import glossary_here

WIDTH = 760  # pixels: as wide as the method page

with st.container(width=WIDTH, key="glossary"):
    st.header(say("What the words mean"), anchor=False)
    for title, terms in glossary_here().items():
        st.markdown(
            say(
                "**{title}**: {terms}",
                title=title,
                terms=" · ".join(f"[{each.name}](#{term})" for term, each in terms.items()),
            )
        )
    for title, terms in glossary_here().items():
        st.header(title, anchor=False)
        for term, definition in terms.items():
            st.subheader(definition.name, anchor=term.value)
            st.markdown(definition.text)
    st.caption(say("How it all works together: [Method](method)."))
