"""The bar above every page: the pages, which market this is, its time, the next candles, and what must not be missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.application import Application
from core.domain import Timeframe
from core.errors import UnknownSymbol
from core.market.candles import unix_ms
from core.wording.errors import error_in_words
from core.wording.language import in_a_row, say
from core.wording.sentences import ledger_text, notice_text, problem_text
from core.wording.style import TYPESET
from pages.components.shared.address import asked_for
from pages.components.shared.asked_ahead import chosen_at
from pages.components.shared.browser_component import browser_component
from pages.components.shared.coin_choice import first_coin
from pages.components.shared.language import chosen_language
from pages.components.shared.number_text import number_text
from pages.components.shared.parameters import DEFAULT_TIMEFRAME
from pages.components.shared.zone import chosen_zone, zone_text

HEADER = "shared/market_header"
"""The component's name."""

_mount = browser_component(
    HEADER,
    "shared/alert_toasts",
    html='<header class="root market-header"></header>',
    isolate_styles=False,
)
"""Not isolated, since the way past the links to the page counts as one only where both stand in the document itself."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page as the bar names it; ``path`` is below the base path, empty for the first."""

    title: str
    path: str
    about_a_coin: bool = False
    """Whether it is about the coin that other pages were about."""


def market_header(app: Application, pages: Sequence[PageLink], path: str) -> None:
    """Draw the bar above the page at ``path``."""
    _mount(
        key="market_header",
        data=header_data(app, pages, path)
        | {"asked": asked_for(), "chosen_at": chosen_at()}
        | {"zone": zone_text(chosen_zone()), "language": chosen_language()},
        default={"zone": ""},
        on_zone_change=lambda: None,
        on_retry_change=None if app.auto is None else app.auto.retry_exchange,
        on_drawn_of_change=_draw_again,
    )


def _draw_again() -> None:
    """The browser names the board that it wants to see: that it asked is enough, since every run draws the newest."""


def header_data(app: Application, pages: Sequence[PageLink], path: str) -> dict[str, object]:
    """What the bar shows; the browser runs the clock on from ``now`` (Unix milliseconds) at ``speed``."""
    return {
        "title": next(page.title for page in pages if page.path == path),
        "path": path,
        "pages": [
            {
                "title": page.title,
                "path": page.path,
                "about_a_coin": _first_coin(app) if page.about_a_coin else None,
            }
            for page in pages
        ],
        "candles": {timeframe.value: timeframe.milliseconds for timeframe in Timeframe},
        "now": unix_ms(app.feed.now()),
        **news_data(app),
    }


def _first_coin(app: Application) -> dict[str, str]:
    """The parameters of a page about a coin where nobody has named one: what it shows then."""
    return {"symbol": first_coin(app.feed.symbols()), "timeframe": DEFAULT_TIMEFRAME}


def news_data(app: Application) -> dict[str, object]:
    """What the bar shows of the market, and which board pages were ``drawn_of``: where it differs, they are old."""
    feed = app.feed
    market = feed.identity
    asked = None if app.auto is None else (app.auto.asking, app.auto.exchange_answer)
    version = app.board.version
    return {
        "version": version,
        "drawn_of": sha256(repr((version, market, feed.awaited, asked)).encode()).hexdigest()[:12],
        "market": None if market is None else {"kind": market.kind, "name": market.name},
        "connecting": None if feed.awaited is None else problem_text(feed.awaited, TYPESET),
        "behind": behind(app),
        "speed": feed.speed,
        "speed_text": "" if feed.speed == 1 else say("{speed}× speed", speed=number_text(feed.speed)),
        "ledger": in_a_row(*(ledger_text(trouble, TYPESET) for trouble in app.recorder.state().troubles)),
        **notice_data(app),
    }


def market_notice(app: Application) -> str:
    """What must not be missed of a market that is not real; empty of one that is."""
    market = app.feed.identity
    return "" if market is None or market.notice is None else notice_text(market.notice, TYPESET)


def notice_data(app: Application) -> dict[str, object]:
    """The banner of a market that is not real, with the way back to the exchange where there may be one."""
    market = app.feed.identity
    if market is None or market.notice is None:
        return {"notice": "", "retry": None, "asking": False, "answer": None}
    asking = app.auto is not None and app.auto.asking
    answer = None if app.auto is None else app.auto.exchange_answer
    retry = say("Asking {exchange}…", exchange=app.settings.exchange) if asking else say("Try again")
    return {
        "notice": market_notice(app),
        "retry": None if app.auto is None else retry,
        "asking": asking,
        "answer": None if answer is None else error_in_words(answer),
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
