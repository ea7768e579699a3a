"""How many pages are open in browsers, as Streamlit counts them."""

from __future__ import annotations

from streamlit import runtime


def open_pages() -> int:
    """Sessions with a browser at their other end; 0 where Streamlit does not run."""
    return runtime.get_instance()._session_mgr.num_active_sessions() if runtime.exists() else 0
