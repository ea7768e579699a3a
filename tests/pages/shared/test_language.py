"""Which language a reader is spoken to in, and that every part of a page that is drawn by itself knows it."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from core.wording.language import Language
from pages.components.shared.language import COOKIE, language_of

PAGES = Path(__file__).resolve().parents[3] / "pages"


def asked_by(cookie: str = "", accepted: str = "") -> Language:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accepted.encode())]
    return language_of(Request({"type": "http", "headers": headers}))


def test_what_was_chosen_goes_before_what_the_browser_speaks() -> None:
    assert asked_by(accepted="zh-TW,zh;q=0.9,en;q=0.8") is Language.CHINESE
    assert asked_by(accepted="en-US,en;q=0.9,zh;q=0.8") is Language.ENGLISH
    assert asked_by(f"{COOKIE}=en", "zh-CN") is Language.ENGLISH
    assert asked_by(f"{COOKIE}=zh", "en-GB") is Language.CHINESE
    assert asked_by(f"{COOKIE}=klingon", "zh-CN") is Language.ENGLISH
    assert asked_by() is Language.ENGLISH


def test_a_part_that_is_run_by_itself_is_always_one_that_knows_whom_it_speaks_to() -> None:
    """Streamlit runs a fragment in a thread of its own, without the page that said who reads."""
    own = [
        path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.py") if "st.fragment" in path.read_text("utf-8")
    ]
    assert own == ["components/shared/language.py"]
