"""The ledger's own words: where a signal comes from, why there is none, and what became of new models."""

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


class Decision(StrEnum):
    """What became of the challengers that were trained for a timeframe."""

    PUBLISHED = "published"
    """They, or those of coins without a model, are in use."""
    NOT_PUBLISHED = "not_published"
    """They should be, which had been told already, and could not all be put in use: it says which are."""
    KEPT = "kept"
    """They are not better, and the models in use stayed."""
    TOO_EARLY = "too_early"
    """Too few candles are new to both."""
    NO_CHALLENGER = "no_challenger"
    """None could be trained."""
