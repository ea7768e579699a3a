"""The errors of Candor: each says what was got, what was expected and what to do, in a sentence fit for users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.text import printable, shorten

LONGEST_REASON = 300
"""Characters of an error about the contents of a file, which may hold anything."""


class CandorError(Exception):
    """A failure with a sentence fit for users: what was got, what was expected, what to do.

    ``code`` is the machine-readable name the REST API sends as ``"error"``. ``message`` may hold ``{path}`` for the
    file or folder at ``path``, so that whoever shows the sentence to a stranger can shorten what is the server's own.
    ``facts`` of core.findings, where there are some, are what core.wording says instead.
    """

    code = "error"

    def __init__(self, message: str, path: Path | None = None, facts: object = None) -> None:
        super().__init__(message if path is None else message.replace("{path}", printable(str(path))))
        self.message = message
        self.path = path
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.path, self.facts)


class InvalidRequest(CandorError):
    """A value that can never be right: NaN confidence, an empty symbol list."""

    code = "invalid_request"


class UnknownSymbol(CandorError):
    """A symbol the market in use does not list."""

    code = "unknown_symbol"


class UnknownTimeframe(CandorError):
    """A timeframe Candor has no meaning for."""

    code = "unknown_timeframe"


class BadContents(CandorError):
    """Contents of a file or an answer that cannot be used.

    What is quoted of them reaches every reader of a page: it is made printable, and short, here.
    """

    def __init__(self, message: str, path: Path | None = None, facts: object = None) -> None:
        super().__init__(shorten(message, LONGEST_REASON), path, facts)


class BadCandles(BadContents):
    """Candles that break the candle contract: order, duplicates, prices, time zone, columns."""

    code = "bad_candles"


class NotEnoughCandles(CandorError):
    """A gap-free stretch shorter than the model's window and its warm-up need."""

    code = "not_enough_candles"


class MarketUnavailable(CandorError):
    """The market did not answer, or answered with something that is not candles."""

    code = "market_unavailable"


class SeriesUnavailable(MarketUnavailable):
    """The market answers, but refused this one series."""


class UnusableModel(BadContents):
    """Model files exist but are truncated, foreign-shaped or hostile; nothing in them was run."""

    code = "unusable_model"
