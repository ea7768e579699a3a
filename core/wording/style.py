"""How numbers, directions and paths look inside a sentence: plainly for programs, typeset for pages."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import PurePath

from core.domain import Direction
from core.text import printable
from core.wording.language import Language, phrase, say, speaking, spoken_language

_MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Style:
    """Signs, whether zero has one, and how many of the last parts of an absolute path are shown (None: all)."""

    minus: str
    percent: str
    sure: str
    """How sure an interval is."""
    signed_zero: bool
    no_trade: str
    path_parts: int | None
    translated: bool
    """Whether people read it, in their language; programs are told everything in English."""
    zone: tzinfo = UTC
    """The one that moments are written in."""

    def in_zone(self, zone: tzinfo | None) -> Style:
        """The same for somebody who reads times in ``zone``."""
        return replace(self, zone=zone or UTC)

    def minute(self, moment: datetime) -> str:
        """A moment to the minute with its day: ``2025-09-03 14:00 UTC``, ``2025-09-03 16:00 UTC+2``."""
        return f"{self.day_and_time(moment)} {self.offset(moment)}"

    def day_and_time(self, moment: datetime) -> str:
        """The same without the zone, for where that stands beside it."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def hour(self, moment: datetime) -> str:
        """The same without its day."""
        return f"{moment.astimezone(self.zone):%H:%M} {self.offset(moment)}"

    def offset(self, moment: datetime) -> str:
        """How far the zone is from UTC at a moment: ``UTC``, ``UTC+5:30``."""
        minutes = round((moment.astimezone(self.zone).utcoffset() or timedelta()).total_seconds() / 60)
        if not minutes:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{self.minus if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")

    def share(self, fraction: float, digits: int = 1) -> str:
        """A fraction as a percentage: ``0.482`` is ``48.2%`` or ``48.2 %``."""
        return f"{fraction * 100:.{digits}f}{say(self.percent)}"

    def share_below(self, fraction: float, line: float, digits: int = 1) -> str:
        """As ``share``, with as many digits more as it takes not to look like the line that it is under."""
        for enough in range(digits, _MOST_DIGITS):
            if round(fraction * 100, enough) < round(line * 100, _MOST_DIGITS):
                return self.share(fraction, enough)
        return self.share(math.floor(fraction * 100 * 10**_MOST_DIGITS) / 10**_MOST_DIGITS / 100, _MOST_DIGITS)

    def signed(self, number: float, digits: int) -> str:
        """A number with its sign: ``+0.032``."""
        if not self.signed_zero and round(number, digits) == 0:
            return f"{0:.{digits}f}"
        return f"{number:+.{digits}f}".replace("-", self.minus)

    def around_zero(self, number: float) -> str:
        """A skill, a gain, a result in R, or an end of its interval: more digits where it would look like the 0 it is told from."""
        return self.signed(number, next((digits for digits in (3, 4, 5) if round(number, digits)), 3))

    def direction(self, direction: Direction) -> str:
        return say(self.no_trade if direction is Direction.NO_TRADE else _SIDES[direction])

    def path(self, path: str) -> str:
        """A path; what is left out of an absolute one is nobody's business but the server's."""
        path = printable(path)
        pure = PurePath(path)
        if self.path_parts is None or not pure.is_absolute():
            return path
        return "/".join(pure.parts[1:][-self.path_parts :])


def speaking_as(style: Style) -> AbstractContextManager[None]:
    """In the reader's language; what programs are told is told in English, whoever reads beside them."""
    return speaking(spoken_language() if style.translated else Language.ENGLISH)


def percent_sign() -> str:
    """As it stands after a number on pages: with a space that no line ends at, in Chinese with none."""
    return say(TYPESET.percent)


_SIDES = {Direction.LONG: phrase("LONG"), Direction.SHORT: phrase("SHORT")}

PLAIN = Style(
    minus="-", percent="%", sure="95 %", signed_zero=True, no_trade="NO_TRADE", path_parts=None, translated=False
)
"""For the REST API, exports and logs: ASCII signs, names as in data, paths in full."""

TYPESET = Style(
    minus="−",
    percent=phrase("\u00a0%"),
    sure=phrase("95\u00a0%"),
    signed_zero=False,
    no_trade=phrase("NO\u00a0TRADE"),
    path_parts=3,
    translated=True,
)
"""For pages."""
