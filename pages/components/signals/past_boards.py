"""Earlier boards out of the ledger, read beside the page: it never waits for them."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.market.candles import unix_ms
from core.signals.board import Signal
from pages.components.shared.beside import Beside
from pages.components.signals.rarity import LOOKBACK, Rarity, rarity_of

if TYPE_CHECKING:
    from core.journal.boards import PastBoard


@cache
def _past_boards() -> Beside[tuple[PastBoard, ...]]:
    """What reads them, for all who look."""
    return Beside()


def rarity(app: Application, timeframe: Timeframe, board: tuple[Signal, ...]) -> Rarity | None:
    """Whether there was none like this board for a while; None while its ledger is not open, too."""
    opened = app.recorder.opened()
    if opened is None:
        return None
    since_ms = unix_ms(app.feed.now()) - LOOKBACK * timeframe.milliseconds
    read = partial(opened.reader.boards, timeframe, [signal.symbol for signal in board], since_ms)
    past = _past_boards().newest((opened.reader, timeframe), read)
    return None if past is None or isinstance(past, CandorError) else rarity_of(board, past)
