"""What every word means: one place for definitions, to which the heads of columns lead."""

from __future__ import annotations

import streamlit as st

from core.wording.language import say
from pages.components.shared.contents import beside_contents, contents
from pages.components.shared.defined_words import glossary_here

groups = glossary_here()
parts = {title: {term.value: each.name for term, each in terms.items()} for title, terms in groups.items()}
listed = "\n\n".join(f"**{title}**\n\n{contents(names)}" for title, names in parts.items())
with beside_contents("glossary", say("What the words mean"), listed):
    for title, terms in groups.items():
        st.header(title, anchor=False)
        for term, definition in terms.items():
            with st.container(key=f"term_{term.value}"):
                st.subheader(definition.name, anchor=term.value)
                st.markdown(definition.text)
    st.caption(say("How it all works together: [Method](method)."))
