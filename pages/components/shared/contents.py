"""Pages that are read: their text in lines that an eye can follow, beside a list of their parts that stays in sight.

Where there is no room beside the text the list stands above it (page_style.css).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st


def contents(parts: Mapping[str, str]) -> str:
    """Markdown: a list of links to the parts of this page, the titles of ``parts`` by their names in the address."""
    return "\n".join(f"- [{title}](#{anchor})" for anchor, title in parts.items())


@contextmanager
def beside_contents(name: str, title: str, listed: str) -> Iterator[None]:
    """What is drawn inside the block is the text of page ``name`` below its ``title``, beside the Markdown ``listed``."""
    with st.container(key=f"read_{name}"):
        with st.container(key=f"title_{name}"):
            st.header(title, anchor=False)
        with st.container(key=f"contents_{name}"):
            st.markdown(listed)
        with st.container(key=f"text_{name}"):
            yield
