"""Whether what Candor shows can be relied on now, and why not."""

from __future__ import annotations

from datetime import datetime

from core.application import Application
from core.findings import UnavailableKind
from core.market.market import GRACE_SECONDS
from core.signals.board import BoardSnapshot
from core.text import iso
from core.wording.sentences import problem_sentence


def why_not_ready(application: Application) -> list[str]:
    """Everything that keeps the board from being current, in sentences; empty where nothing does."""
    board, feed = application.board.snapshot(), application.feed
    predictions = [p for signal in board.signals.values() if (p := signal.prediction) is not None]
    reasons = [] if predictions else why_no_prediction(board)
    if predictions and all(prediction.expired for prediction in predictions):
        newest = max(prediction.valid_until for prediction in predictions)
        reasons.append(
            f"Every signal has expired, the last one at {iso(newest)}; the market's time is {iso(feed.now())}."
        )
    if feed.stopped:
        reasons.append("The candle feed has stopped: no candle comes any more.")
    if feed.died:
        reasons.append(
            "The thread that asks for candles has ended by itself: no candle comes any more. Restart Candor."
        )
    if not application.board.following:
        reasons.append("The board has stopped: it no longer hears of new candles.")
    if board.made_at is not None and _is_old(board.made_at, application):
        reasons.append(
            f"The newest signals were computed at {iso(board.made_at)}, more than a candle before the market's time, "
            f"{iso(feed.now())}."
        )
    return reasons


def why_no_prediction(board: BoardSnapshot) -> list[str]:
    """Why a board has no prediction on it: each kind of reason once, in the words of the first coin it befell."""
    if board.market is None:
        return ["Candor is starting: no market has answered yet."]
    if not board.signals:
        return ["Candor is starting: the first candles are on their way."]
    first_of_kind: dict[str, str] = {}
    for signal in board.signals.values():
        if signal.problem is not None:
            first_of_kind.setdefault(signal.problem.kind, str(problem_sentence(signal.problem)))
    waiting = {kind: reason for kind, reason in first_of_kind.items() if kind is not UnavailableKind.NO_MODEL}
    return list((waiting or first_of_kind).values())


def _is_old(made_at: datetime, application: Application) -> bool:
    """Whether a candle of the shortest timeframe should have brought newer signals since."""
    feed = application.feed
    candle = min(timeframe.duration for timeframe in feed.timeframes).total_seconds()
    return (feed.now() - made_at).total_seconds() > candle + GRACE_SECONDS * feed.speed
