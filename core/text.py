"""Text that several floors write alike: suggestions, shortened quotations, commands, times in ISO 8601."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache


def did_you_mean(text: str, choices: Collection[str]) -> str:
    """`` Did you mean 'x'?``, or nothing where no choice is close."""
    close = closest(text, choices)
    return "" if close is None else f" Did you mean {close!r}?"


def closest(text: str, choices: Collection[str]) -> str | None:
    """The choice that ``text`` may be a misspelling of."""
    close = difflib.get_close_matches(text, choices, n=1, cutoff=0.6)
    return str(close[0]) if close else None


def words_in(text: str) -> list[str]:
    """The words of a list that somebody wrote with commas, semicolons, those of Chinese, or spaces."""
    return re.sub(r"[,;，；、]", " ", text).split()


def shorten(value: object, length: int = 40) -> str:
    """``value`` as text that is safe to quote in a message: printable and at most ``length`` long."""
    text = printable(str(value)[: length + 1])
    return text if len(text) <= length else text[: length - 1] + "…"


def printable(text: str) -> str:
    """``text`` without what no page, log or JSON can hold: line ends, control signs, bytes that are no UTF-8."""
    return "".join(c if c.isprintable() else "?" for c in text)


def command(script: str, *arguments: str) -> str:
    """What to type to run one of the scripts in the project's folder."""
    return " ".join((f"python scripts/{script}.py", *arguments))


@lru_cache(maxsize=256)
def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with ``Z``, to the second: ``2025-08-31T23:45:00Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
