"""A way to another page that looks like a button and is a link: the browser follows it in place, as all words of a page.

A step that the server takes would be none of the browser's: neither Back, a place that was scrolled to nor a page's last
address would know of it (navigation.js); and nobody could open it in a new tab.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from pages.components.shared.plain_text import plain


def way(text: str, path: str, icon: str, key: str, **parameters: str) -> None:
    """Show it at this place of the page. ``icon`` is Material's name of one, ``key`` unlike that of any other here."""
    address = f"{path}?{urlencode(parameters)}" if parameters else path
    with st.container(key=f"way_{key}"):
        st.markdown(f"[:material/{icon}: {plain(text)}]({address})")
