"""The one door through which every page reaches the application."""

from __future__ import annotations

import streamlit as st

from core.application import Application, get_application


@st.cache_resource(show_spinner=False)
def application() -> Application:
    """The application of this process: the same one that the API answers from."""
    return get_application()
