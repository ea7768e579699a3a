"""News for open pages: one look at the board for all of them, and a word over a WebSocket to each when there is some.

Pages that looked for themselves would cost a script run a look; two hundred of them would keep the server busy with
finding nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any

from starlette.status import WS_1008_POLICY_VIOLATION
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.server_util import allow_all_cross_origin_requests, is_allowed_origin

from core.access import is_of_this_site
from core.application import Application
from core.errors import CandorError
from core.market.candles import unix_ms
from core.wording.language import Language, speaking
from pages.components.shared.alert_notices import notices_data
from pages.components.shared.base_path import base_path
from pages.components.shared.language import language_of
from pages.components.shared.market_header import news_data

log = logging.getLogger(__name__)

NEWS_PATH = f"{base_path()}/live/news"
"""Where they are on this server."""

LOOK_SECONDS = 0.25
"""Real seconds between two looks; one is a read of memory that takes less than a millisecond."""


BEAT_SECONDS = 10.0
"""Real seconds after which news are told again, new or not: pages call a server silent that says nothing (silence.js)."""


class News:
    """What the bar of every page shows of the market, sent to whoever listens, at once and whenever it changes.

    ``newest_change`` numbers the last change of signals, of which the same listeners hear.
    """

    def __init__(
        self,
        application: Callable[[], Application],
        newest_change: Callable[[Application], int | None],
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._application, self._newest_change, self._beat_seconds = application, newest_change, beat_seconds
        self._newest: dict[Language, dict[str, Any]] = {}
        self._newer = asyncio.Condition()
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None

    async def serve(self, websocket: WebSocket) -> None:
        """Tell one page the news until it is closed; those of other sites are not let in."""
        if not _may_listen(websocket):
            await websocket.close(WS_1008_POLICY_VIOLATION)
            return
        await websocket.accept()
        self._listeners += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_again_and_again())
        telling = asyncio.create_task(self._tell(websocket, language_of(websocket)))
        try:
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass  # pages have nothing to say, in text or otherwise
        finally:
            telling.cancel()
            self._listeners -= 1
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _tell(self, websocket: WebSocket, language: Language) -> None:
        sent = None
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it was closed while it was being told
            while True:
                with contextlib.suppress(TimeoutError):  # there is nothing new: that is told
                    async with asyncio.timeout(None if sent is None else self._beat_seconds), self._newer:
                        while self._newest.get(language) is sent:
                            await self._newer.wait()
                sent = self._newest.get(language)
                await websocket.send_text(self._text(language))

    def _text(self, language: Language) -> str:
        """With the market's time as it is now, which a page's clock runs on from."""
        return json.dumps(
            {**self._newest.get(language, {}), "now": unix_ms(self._application().feed.now())}, ensure_ascii=False
        )

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # whatever it was, pages that are never told again would be worse
                log.exception("Cannot look for news; the next look is near")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Read what there is, and wake who listens where it is new."""
        try:
            app = self._application()
            changes = {"changes": self._newest_change(app)}
            newest = {language: _news_in(language, app) | changes for language in Language}
        except CandorError:
            log.debug("The market is being switched; the next look is near", exc_info=True)
            return
        changed = {language: news for language, news in newest.items() if news != self._newest.get(language)}
        if changed:
            self._newest |= changed
            async with self._newer:
                self._newer.notify_all()


def _may_listen(websocket: WebSocket) -> bool:
    """Pages of this site, and of those whose pages Streamlit's own WebSocket is set to accept."""
    trusted = allow_all_cross_origin_requests() or is_allowed_origin(websocket.headers.get("origin", ""))
    return trusted or is_of_this_site(websocket.headers)


def _news_in(language: Language, app: Application) -> dict[str, Any]:
    with speaking(language):
        return news_data(app) | {"alerts": notices_data(app.alerting.lately, language)}
