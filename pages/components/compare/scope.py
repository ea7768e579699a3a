"""Which coins are compared, as the address says. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Timeframe, resolve_symbol
from core.errors import CandorError
from core.text import words_in
from core.wording.language import say
from core.wording.sentences import error_text
from core.wording.style import TYPESET

FEWEST, MOST = 2, 4
"""So many coins; of more nobody can tell the lines apart."""

DEFAULT_COINS = "BTC,ETH"
DEFAULT_TIMEFRAME = Timeframe.H1


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared, and what is wrong with the address."""

    symbols: tuple[str, ...]
    timeframe: Timeframe
    problems: tuple[str, ...]


def read_compared(coins: str | None, timeframe: str | None, known: tuple[str, ...]) -> Compared:
    """What an address like ``coins=BTC,ETH`` asks for; what cannot be is left out and told, what is too much as well."""
    problems: list[str] = []
    found: dict[str, None] = {}
    for written in words_in(DEFAULT_COINS if coins is None else coins):
        try:
            found[resolve_symbol(written, known)] = None
        except CandorError as error:
            if coins is not None:
                problems.append(error_text(error, TYPESET))
    symbols = tuple(found)
    if len(symbols) > MOST:
        problems.append(
            say("This address names {symbols} coins; the first {most} are compared.", symbols=len(symbols), most=MOST)
        )
    asked = DEFAULT_TIMEFRAME
    try:
        asked = Timeframe.parse(timeframe) if timeframe else DEFAULT_TIMEFRAME
    except CandorError as error:
        problems.append(error_text(error, TYPESET))
    return Compared(symbols[:MOST], asked, tuple(problems))
