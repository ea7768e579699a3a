"""What befell the candles of a feed, counted per timeframe for as long as the process runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.domain import Timeframe


def _counter() -> Counter[Timeframe]:
    return Counter(dict.fromkeys(Timeframe, 0))


@dataclass(frozen=True, slots=True)
class Tally:
    """Only the feed's own thread counts; anybody may read."""

    late: Counter[Timeframe] = field(default_factory=_counter)
    """Times that the candle of a series was late, once for each outage however long."""
    audited: Counter[Timeframe] = field(default_factory=_counter)
    """Series whose closed candles were compared with the market's."""
    corrected: Counter[Timeframe] = field(default_factory=_counter)
    """Candles that the market told differently than before, or no more."""
    made: Counter[Timeframe] = field(default_factory=_counter)
    """Candles that were made of shorter ones, since too many coins are followed to ask for them."""
    disagreed: Counter[Timeframe] = field(default_factory=_counter)
    """Of these, candles that the market's own turned out to differ from; its own replaced them."""
