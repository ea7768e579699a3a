"""What stands below every page: the operator's own words to readers, and the way out for who is logged in."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.wording.language import in_a_row, say
from pages.components.shared.base_path import base_path


def footer(disclosure: str) -> None:
    """Draw it where there is something to say."""
    parts = [disclosure_html(disclosure), way_out(*_who())]
    if any(parts):
        st.html(f'<footer style="font-size: 0.875rem; opacity: 0.8; margin-top: 2rem">{"".join(parts)}</footer>')


def disclosure_html(disclosure: str) -> str:
    """A paragraph for each of its lines."""
    return "".join(f"<p>{escape(line)}</p>" for line in disclosure.splitlines() if line.strip())


def way_out(is_in: bool, name: str) -> str:
    """Who is logged in, with the link that ends it; empty where nobody is."""
    who = say("Logged in as {name}.", name=escape(name)) if name else ""
    out = say("Log out")
    link = f'<a href="{base_path()}/auth/logout" target="_self">{out}</a>'
    return f"<p>{in_a_row(who, link)}</p>" if is_in else ""


def _who() -> tuple[bool, str]:
    user = st.user.to_dict()
    return bool(user.get("is_logged_in")), str(user.get("email") or user.get("name") or "")
