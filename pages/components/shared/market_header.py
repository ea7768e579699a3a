"""What stands above every page: which market this is, its time, the next candle, and what must not be missed."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.errors import UnknownSymbol
from core.market.candles import unix_ms
from core.wording.sentences import ledger_text, notice_text, problem_text
from core.wording.style import TYPESET
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import number_text

_mount = browser_component("shared/market_header")


def market_header(app: Application, title: str) -> None:
    """Draw the header of the page called ``title``."""
    _mount(key="market_header", data=header_data(app, title))
    _notice(app)
    _ledger_notice(app)


def header_data(app: Application, title: str) -> dict[str, object]:
    """What the header shows; the browser runs the clock on from ``now`` (Unix milliseconds) at ``speed``."""
    feed = app.feed
    market = feed.identity
    return {
        "title": title,
        "market": None if market is None else {"kind": market.kind, "name": market.name},
        "connecting": None if feed.awaited is None else problem_text(feed.awaited, TYPESET),
        "behind": behind(app),
        "now": unix_ms(feed.now()),
        "speed": feed.speed,
        "speed_text": "" if feed.speed == 1 else f"{number_text(feed.speed)}× speed",
        "candles": {timeframe.value: timeframe.milliseconds for timeframe in Timeframe},
    }


def behind(app: Application) -> dict[str, object] | None:
    """How many series lack their newest candles, of how many, and why the first of them does; None where all are current."""
    feed = app.feed
    try:
        statuses = [feed.status(*series) for series in app.board.snapshot().signals]
    except UnknownSymbol:  # the feed has just been switched to another market, and the board has not followed yet
        return None
    late = [status for status in statuses if status.state in {"loading", "stale", "bad"}]
    if not late:
        return None
    reason = late[0].problem and problem_text(late[0].problem, TYPESET)
    return {"series": len(late), "of": len(statuses), "reason": reason}


def _ledger_notice(app: Application) -> None:
    """What is the matter with the ledger; nothing where all is well."""
    troubles = app.recorder.state().troubles
    if troubles:
        with st.container(key="ledger_notice"):
            st.text(" ".join(ledger_text(trouble, TYPESET) for trouble in troubles))


def _notice(app: Application) -> None:
    """The banner of a market that is not real, with the way back to the exchange where there may be one."""
    market = app.feed.identity
    if market is None or market.notice is None:
        return
    with st.container(key="market_notice"):
        st.text(notice_text(market.notice, TYPESET))
    if app.auto is None:
        return
    with st.container(key="market_retry", horizontal=True, vertical_alignment="center", gap="small"):
        asking = app.auto.asking
        st.button(
            f"Asking {app.settings.exchange}…" if asking else "Try the exchange again",
            key="retry_exchange",
            icon=":material/refresh:",
            disabled=asking,
            on_click=app.auto.retry_exchange,
        )
        if app.auto.exchange_answer:
            st.text(app.auto.exchange_answer, width="stretch")
