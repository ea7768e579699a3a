"""Which coins are compared, as the address says. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Timeframe
from pages.components.shared.parameters import DEFAULT_TIMEFRAME, Address, Coins, OneOf

FEWEST, MOST = 2, 4
"""So many coins; of more nobody can tell the lines apart."""

DEFAULT_COINS = "BTC,ETH"

COINS = Coins("coins", FEWEST, MOST, DEFAULT_COINS)
TIMEFRAME = OneOf("timeframe", tuple(Timeframe), DEFAULT_TIMEFRAME)

PARAMETERS = (COINS, TIMEFRAME)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared."""

    symbols: tuple[str, ...]
    timeframe: Timeframe


def read_compared(address: Address, known: tuple[str, ...]) -> Compared:
    """What an address like ``coins=BTC,ETH`` asks for; what cannot be is left out, what is too much as well."""
    symbols, _ = COINS.read(address.get(COINS.name, ()), known)
    timeframe, _ = TIMEFRAME.read(address.get(TIMEFRAME.name, ()))
    return Compared(symbols, timeframe)
