"""Fills a candle folder from an exchange, series by series: goes on where it stopped, and tells what is still missing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from core.disk import DiskFull, only_writer
from core.domain import Series, Timeframe
from core.errors import CandorError, InvalidRequest
from core.market.candle_files import CandleStore
from core.market.candles import CandleArrays, first_open_ms, last_closed_open_ms, merged, moment_of
from core.market.exchange import REREAD_CANDLES, ExchangeMarket
from core.market.outage import OutageWatch
from core.text import shorten

log = logging.getLogger(__name__)

ONE_QUESTION = 300
"""Holes within so many candles are asked for together: most exchanges tell as many at once."""
FIRST_TRADE = timedelta(days=1)
"""So long after its listing, at most, is a coin first traded."""


@dataclass(frozen=True, slots=True)
class Hole:
    """``count`` candles in a row that are not stored; the first and the last would open then."""

    first: datetime
    last: datetime
    count: int
    at_the_beginning: bool
    """Before every candle that is stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run left of a series: how many candles, what is missing of those asked for, and what was told differently.

    ``corrected`` are the open times of candles that were stored, and of which the exchange now says something else.
    """

    candles: int
    holes: tuple[Hole, ...]
    corrected: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a run ended before a series was asked for as a whole; the candles that came before are stored."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotTried:
    """The run ended before it came to this series."""


Outcome = Stored | Failed | NotTried


def download(
    market: ExchangeMarket,
    store: CandleStore,
    series: Iterable[Series],
    since: datetime,
    progress: Callable[[Series, float], None] = lambda series, share: None,
) -> dict[Series, Outcome]:
    """Download all ``series`` from ``since`` to the last closed candle; what became of each.

    ``progress`` hears of each stored page: the series and the share of it done, 0 to 1. One failed series does not
    stop the others; an exchange that does not answer and a full disk do. FolderInUse where another
    process fills the folder.
    """
    outcomes: dict[Series, Outcome] = {}
    watch = OutageWatch()
    ended = False
    with only_writer(store.folder, "A download"):
        for each in series:
            if ended:
                outcomes[each] = NotTried()
                continue
            try:
                outcomes[each] = download_series(market, store, each, since, progress)
                watch.heard(outcomes[each])
            except (CandorError, OSError) as error:
                log.debug("%s failed.", each, exc_info=True)
                outcomes[each] = Failed(str(error))
                ended = watch.heard(error) or isinstance(error, DiskFull)
            progress(each, 1.0)
    return outcomes


def download_series(
    market: ExchangeMarket,
    store: CandleStore,
    series: Series,
    since: datetime,
    progress: Callable[[Series, float], None] = lambda series, share: None,
) -> Stored:
    """Ask once for every candle since ``since`` that is not stored, and store what comes.

    Every page is written as a whole file, so an interruption loses the page under way and nothing else.
    """
    symbol, timeframe = series
    listed = market.listed_since(symbol)
    candles = store.arrays(symbol, timeframe) if store.has(symbol, timeframe) else CandleArrays.none()
    end = last_closed_open_ms(timeframe, market.now()) + timeframe.milliseconds
    corrected: set[int] = set()
    missing = _missing(candles.open_time_ms, timeframe, since, listed, end)
    questions = list(_questions(_going_on(missing, candles.open_time_ms, timeframe), timeframe))
    for begin, stop in questions:
        for page in market.history(symbol, timeframe, moment_of(begin), moment_of(stop)):
            before = candles
            candles, changed = merged(candles, page)
            corrected.update(changed)
            if candles is not before:
                store.write(symbol, timeframe, candles.frame())
            reached = min(stop, int(page.open_time_ms.max(initial=begin)))
            progress(series, (reached - questions[0][0]) / (questions[-1][1] - questions[0][0]))
    times = candles.open_time_ms
    holes = _holes(_missing(times, timeframe, since, listed, end), times, timeframe)
    return Stored(len(candles), tuple(holes), tuple(map(moment_of, sorted(corrected))))


def parse_since(text: str) -> datetime:
    """A date or ISO 8601 time that has been, UTC where it names no zone; InvalidRequest otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"{shorten(text)!r} is no date; write it like 2024-01-01 or 2024-01-01T06:00.") from None
    since = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if since > datetime.now(UTC):
        raise InvalidRequest(f"{shorten(text)!r} is yet to come; no candle has closed since then.")
    return since


# ------------------------------------------------------------ what is missing

Span = tuple[int, int]
"""first <= open time < end, Unix milliseconds"""


def _missing(times: np.ndarray, timeframe: Timeframe, since: datetime, listed: datetime | None, end: int) -> list[Span]:
    """The open times between ``since`` and ``end`` that are not among ``times``.

    Of a coin that was listed later, those since its listing, once there are candles to show that it was.
    """
    step = timeframe.milliseconds
    begin = first_open_ms(timeframe, since)
    times = times[(times >= begin) & (times < end)]
    if listed is not None and len(times):
        traded_by = first_open_ms(timeframe, listed + FIRST_TRADE)
        begin = max(begin, int(times[0]) if times[0] <= traded_by else first_open_ms(timeframe, listed))
    edges = np.concatenate([[begin - step], times[times >= begin], [end]])
    return [(int(edges[at]) + step, int(edges[at + 1])) for at in np.flatnonzero(np.diff(edges) > step)]


def _going_on(missing: list[Span], times: np.ndarray, timeframe: Timeframe) -> list[Span]:
    """What is missing, and the last stored candles: they may have been told before their time."""
    step = timeframe.milliseconds
    if not len(times):
        return missing
    after = int(times[-1]) + step
    begin = max(int(times[0]), after - REREAD_CANDLES * step)
    if missing and missing[-1][0] == after:
        return [*missing[:-1], (begin, missing[-1][1])]
    return [*missing, (begin, after)]


def _questions(missing: list[Span], timeframe: Timeframe) -> Iterator[Span]:
    """What to ask for: spans of what is missing, neighbours together, so that many small holes are few questions."""
    asked: Span | None = None
    for begin, end in missing:
        if asked is not None and end - asked[0] <= ONE_QUESTION * timeframe.milliseconds:
            asked = asked[0], end
            continue
        if asked is not None:
            yield asked
        asked = begin, end
    if asked is not None:
        yield asked


def _holes(missing: list[Span], times: np.ndarray, timeframe: Timeframe) -> Iterator[Hole]:
    step = timeframe.milliseconds
    for begin, end in missing:
        yield Hole(moment_of(begin), moment_of(end - step), (end - begin) // step, not len(times) or begin < times[0])
