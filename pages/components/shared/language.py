"""The language that somebody reads: the browser keeps it in a cookie (see market_header.js), and has one of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

import streamlit as st
from starlette.requests import HTTPConnection

from core.wording.language import Language, language_named, speak

COOKIE = "candor_language"
"""Its name is in market_header.js, too."""

P = ParamSpec("P")


def chosen_language() -> Language:
    """What the browser came with: the language that was chosen in it, otherwise its own."""
    return _language_of(st.context.cookies, st.context.locale or _first_of(st.context.headers.get("accept-language")))


def language_of(connection: HTTPConnection) -> Language:
    """The same of whoever asks for something beside a page."""
    return _language_of(connection.cookies, _first_of(connection.headers.get("accept-language")))


def _first_of(accepted: str | None) -> str:
    """What a browser would rather read than all else; some runs of a page know nothing of it but the request."""
    return (accepted or "").split(",")[0].strip()


def _language_of(cookies: Mapping[str, str], own: str | None) -> Language:
    return language_named(cookies.get(COOKIE) or own)


def speak_to_the_reader() -> None:
    """Speak the reader's language in this run of the page."""
    speak(chosen_language())


def fragment(run_every: float | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Streamlit's fragment, which knows whom it speaks to: it is run again without the page around it."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @st.fragment(run_every=run_every)
        @wraps(draw)
        def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
            speak_to_the_reader()
            draw(*args, **kwargs)

        return spoken

    return decorate
