"""What is rare about a board is told only where enough boards before it were recorded live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.domain import Direction, Timeframe
from core.journal.boards import PastBoard
from core.market.candles import unix_ms
from pages.components.signals.rarity import ENOUGH, rarity_of, rarity_sentence
from tests.pages.fake_board import NOON, signal

M15 = Timeframe.M15
NEWEST = unix_ms(NOON) - M15.milliseconds
QUIET = [signal(symbol, Direction.NO_TRADE, 0.6) for symbol in ("BTCUSDT", "ETHUSDT")]
"""P(move) is 40 %, usually 65 %."""


def before(moves: Sequence[float], coins: int = 2) -> list[PastBoard]:
    """Boards right before the newest one, the last of ``moves`` the newest of them."""
    first = NEWEST - len(moves) * M15.milliseconds
    return [PastBoard(first + place * M15.milliseconds, coins, move) for place, move in enumerate(moves)]


def test_the_quietest_since_the_last_board_that_was_as_quiet() -> None:
    rare = rarity_of(QUIET, before([0.7] * 5 + [0.39] + [0.6] * ENOUGH))
    assert rare is not None
    assert (rare.quiet, rare.coins, rare.boards) == (True, 2, ENOUGH)
    assert rare.since == datetime(2025, 9, 2, 23, 30, tzinfo=UTC)
    assert rarity_sentence(rare, M15) == (
        "The quietest 15m board since Tuesday 2\u00a0Sep 23:30\u00a0UTC: P(move) 40\u00a0% on average of 2 coins, usually "
        "65\u00a0%; more on each of the 48 live boards between."
    )


def test_the_liveliest_on_record() -> None:
    rare = rarity_of(QUIET, before([0.3] * 60))
    assert rare is not None
    assert rarity_sentence(rare, M15) == (
        "The liveliest of 61 live 15m boards on record: P(move) 40\u00a0% on average of 2 coins, usually 65\u00a0%."
    )


def test_too_few_boards_claim_nothing() -> None:
    assert rarity_of(QUIET, before([0.6] * (ENOUGH - 1))) is None
    assert rarity_of(QUIET, []) is None
    assert rarity_of([], before([0.6] * 60)) is None


def test_boards_of_fewer_coins_do_not_count() -> None:
    assert rarity_of(QUIET, before([0.6] * 60, coins=1)) is None


def test_where_many_candles_were_not_recorded_nothing_is_claimed() -> None:
    sparse = [board for place, board in enumerate(before([0.6] * 200)) if place % 2]
    assert rarity_of(QUIET, sparse) is None


def test_the_newest_board_is_not_held_against_itself() -> None:
    rare = rarity_of(QUIET, [*before([0.6] * ENOUGH), PastBoard(NEWEST, 2, 0.4)])
    assert rare is not None
    assert rare.since is None
