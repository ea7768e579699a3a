"""What differs from exchange to exchange, one row each; everything else is the same for all that ccxt knows."""

from __future__ import annotations

from dataclasses import dataclass

from core.market.market import GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class Quirks:
    """How one exchange wants to be asked.

    ``page_candles``: at most so many candles per request, or fewer where ccxt knows that the exchange allows fewer.
    ``settling_seconds``: real seconds it is given to finish a candle after its close; after ``late_seconds`` it is late.
    ``early_seconds``: where it is asked before, how soon after a close; what it tells then is looked at again (finality.py).
    ``parallel``: requests at once. ``burst``: so many may follow each other without ccxt's pause, as long as no more are
    asked in the long run.
    ``streams_per_socket``: so many series are streamed on one socket.
    ``weight_header``: in which header of an answer it tells how much of the request limit is used.
    """

    page_candles: int = 500
    settling_seconds: float = 2.0
    early_seconds: float | None = None
    late_seconds: float = GRACE_SECONDS
    parallel: int = 4
    burst: int = 0
    streams_per_socket: int = 50
    weight_header: str | None = None


_BINANCE = Quirks(
    page_candles=499,  # it charges a weight of 2 for so many and of 5 for one more
    early_seconds=0.3,
    parallel=16,  # a close at midnight is 136 questions of 34 coins, each of a tenth of a second: nine rounds, and not 17
    burst=200,  # ccxt's pause is for 1,200 a minute, and it allows 2,400
    streams_per_socket=200,
    weight_header="X-MBX-USED-WEIGHT-1M",
)

QUIRKS: dict[str, Quirks] = {
    "binance": _BINANCE,
    "binanceusdm": _BINANCE,
}
"""By ccxt's name of the exchange."""


def quirks_of(exchange: str) -> Quirks:
    """The row of an exchange; one without a row of its own is asked as most exchanges like it."""
    return QUIRKS.get(exchange, Quirks())
