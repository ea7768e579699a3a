"""The ledger's own words: where a signal comes from, and why there is none."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """Whether a signal was issued as its candle closed, or worked out afterwards from past candles."""

    LIVE = "live"
    REPLAYED = "replayed"


class MissingReason(StrEnum):
    """Why no signal was issued on a candle."""

    NO_MODEL = "no_model"
    GAP = "gap"
    SHORT_HISTORY = "short_history"
    STALE_CANDLES = "stale_candles"
    FEED_DOWN = "feed_down"
    STARTING = "starting"
    """Candor had just been started, and the market's first candles were on their way."""
    NOT_RUNNING = "not_running"
    """No process of Candor followed the market."""
    SKIPPED = "skipped"
    """It was followed, but no board was made in time: the machine slept, or was too slow."""
    UNWRITTEN = "unwritten"
    """A signal was shown; the ledger could not be written, and too much waited for it."""
