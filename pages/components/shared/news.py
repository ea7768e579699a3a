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

from starlette.websockets import WebSocket, WebSocketDisconnect

from core.application import Application
from core.errors import CandorError
from core.market.candles import unix_ms
from pages.components.shared.alert_notices import notices_data
from pages.components.shared.base_path import base_path
from pages.components.shared.market_header import news_data

log = logging.getLogger(__name__)

NEWS_PATH = f"{base_path()}/live/news"
"""Where they are on this server."""

LOOK_SECONDS = 0.25
"""Real seconds between two looks; one is a read of memory that takes less than a millisecond."""


class News:
    """What the bar of every page shows of the market, sent to whoever listens, at once and whenever it changes."""

    def __init__(self, application: Callable[[], Application]) -> None:
        self._application = application
        self._newest: dict[str, Any] | None = None
        self._newer = asyncio.Condition()
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None

    async def serve(self, websocket: WebSocket) -> None:
        """Tell one page the news until it is closed."""
        await websocket.accept()
        self._listeners += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_again_and_again())
        telling = asyncio.create_task(self._tell(websocket))
        try:
            async for _ in websocket.iter_text():
                pass  # pages have nothing to say; this ends when one is closed
        finally:
            telling.cancel()
            self._listeners -= 1
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _tell(self, websocket: WebSocket) -> None:
        told = None
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it was closed while it was being told
            while True:
                async with self._newer:
                    while self._newest is told:
                        await self._newer.wait()
                told = self._newest
                await websocket.send_text(self._text())

    def _text(self) -> str:
        """With the market's time as it is now, which a page's clock runs on from."""
        return json.dumps({**(self._newest or {}), "now": unix_ms(self._application().feed.now())}, ensure_ascii=False)

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
            newest = {**news_data(app), "alerts": notices_data(app.alerting.lately)}
        except CandorError:
            log.debug("The market is being switched; the next look is near", exc_info=True)
            return
        if newest != self._newest:
            self._newest = newest
            async with self._newer:
                self._newer.notify_all()
