"""The record of one coin on one timeframe: past calls for its page, and what it is beside its model's test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.application import Application
from core.domain import Direction, Series
from core.errors import CandorError
from core.journal.calls import Asked, CallOrder, Calls
from core.journal.slices import Slice
from core.journal.track_record import ModelRecord, RecordedCall, Scope, TrackRecord
from core.journal.vocabulary import Origin
from core.market.candles import EARLIEST_MS, LATEST_MS, moment_of
from core.wording.language import in_a_row, say, say_count
from core.wording.sentences import error_text
from core.wording.style import TYPESET, Style
from pages.components.record.cells import Row
from pages.components.record.falls import one_fall_sentence
from pages.components.record.named_call import as_issued_sentence, named_among, on_chart
from pages.components.record.reading import time_of_market
from pages.components.record.rows import call_rows, came_true, happened_word, model_rows
from pages.components.record.sentences import (
    LATE,
    NEVER_TRADED,
    knows_sentence,
    late_text,
    not_enough_sentence,
    origin_badge,
    origin_sentence,
    origin_word,
    outcomes_text,
    prices_word,
    side_sentence,
    when_sentence,
)
from pages.components.record.table import show_past_calls, show_records
from pages.components.shared.address import ask, asked, choose
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.beside import Beside
from pages.components.shared.coin_choice import CANDLE, ORIGIN
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.number_text import percent_text
from pages.components.shared.past_calls import NamedCall, PastCalls
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

if TYPE_CHECKING:
    from core.journal.reading import LedgerReader
    from core.journal.stored import StoredSignal

NEWEST, LISTED = 500, 20
"""Calls that are read, as many as the chart has candles, and those that the page lists."""

NEWER_LISTED = 2
"""Of those, the ones above a call that an address names: few enough that it is in sight on a phone, too."""

AROUND = 240
"""Candles on either side of one that an address names, whose calls are read with it."""


@dataclass(frozen=True, slots=True)
class SeriesRecord:
    """Live and replayed apart: the record of a series, and its newest calls."""

    records: Mapping[Origin, TrackRecord]
    calls: Mapping[Origin, Calls]
    opened: Calls
    """Those on the candle that an address names."""

    named: tuple[StoredSignal, ...] = ()
    """The same as they were issued."""

    around: Mapping[Origin, tuple[RecordedCall, ...]] = field(default_factory=dict)
    """Those on the candles around it."""

    def shown(self, asked: Origin | None = None) -> Origin:
        """The origin asked for; without one live ones, or replayed ones where only those are enough to say something."""
        if asked is not None:
            return asked
        enough = (origin for origin in (Origin.LIVE, Origin.REPLAYED) if self.records[origin].whole.enough)
        return next(enough, Origin.LIVE if self.calls[Origin.LIVE].n else Origin.REPLAYED)


@st.cache_resource(show_spinner=False)
def _beside() -> Beside[SeriesRecord]:
    return Beside()


def tell_of(
    reader: LedgerReader,
    series: Series,
    candle_open_ms: int | None,
    now: Callable[[], int | None] = lambda: None,
) -> SeriesRecord:
    """Read it now, at the market's time ``now()``; LedgerUnavailable where that cannot be."""
    now_ms = now()
    scopes = {origin: Scope(origin, series.timeframe, frozenset([series.symbol])) for origin in Origin}
    records = {origin: reader.records.record(scope) for origin, scope in scopes.items()}
    newest = Asked(CallOrder.TIME, True, NEWEST, now_ms=now_ms)
    calls = {origin: reader.records.calls(scope, newest) for origin, scope in scopes.items()}
    if candle_open_ms is None or not EARLIEST_MS <= candle_open_ms < LATEST_MS:
        return SeriesRecord(records, calls, Calls(0, 0, ()))
    reach = AROUND * series.timeframe.milliseconds
    span = candle_open_ms - reach, candle_open_ms + reach
    return SeriesRecord(
        records,
        calls,
        reader.records.calls_on(series, candle_open_ms, now_ms),
        known_by(reader.signals_on(series, candle_open_ms), series, now_ms),
        {origin: reader.records.calls_between(scope, *span, newest) for origin, scope in scopes.items()},
    )


def known_by(stored: Sequence[StoredSignal], series: Series, now_ms: int | None) -> tuple[StoredSignal, ...]:
    """Those on a candle that has closed by then; without the outcome where the horizon is not over."""
    if now_ms is None:
        return tuple(stored)
    step = series.timeframe.milliseconds
    return tuple(
        each
        if each.entry.candle_open_ms + (1 + each.entry.horizon_candles) * step <= now_ms
        else replace(each, outcome=None)
        for each in stored
        if each.entry.candle_open_ms + step <= now_ms
    )


def series_record(
    app: Application, series: Series, candle_open_ms: int | None = None
) -> SeriesRecord | CandorError | None:
    """What was read last; None before the first time."""
    opened = app.recorder.opened()
    if opened is None:
        return None
    return _beside().newest(
        (opened.reader, series, candle_open_ms),
        partial(tell_of, opened.reader, series, candle_open_ms, partial(time_of_market, app)),
    )


# ---------------------------------------------------------------- on the coin page


def named_call(app: Application, series: Series) -> None:
    """Draw what became of the signal whose candle the address names, once it was read; nothing where it names none."""
    candle_open_ms = asked_candle()
    if candle_open_ms is None:
        return
    read, market = series_record(app, series, candle_open_ms), app.feed.identity
    redraw_when_there_is_more(lambda: series_record(app, series, candle_open_ms), read)
    if not isinstance(read, SeriesRecord) or market is None:
        return
    stored = named_among(read.named, asked_origin())
    style = reader_style()
    text = opened_sentence(_first_of(read.opened, stored), candle_open_ms, prices_word(market), style)
    if stored is not None:
        issued = as_issued_sentence(stored, series.timeframe, _tick_size(app, series), style)
        text = in_a_row(text, issued)
    st.info(plain(text), icon=":material/my_location:")


def _tick_size(app: Application, series: Series) -> float | None:
    try:
        return app.feed.tick_size(series.symbol)
    except CandorError:  # the market has not listed it yet; the ledger has its prices all the same
        return None


def _first_of(calls: Calls, stored: StoredSignal | None) -> Calls:
    """The same calls, the one that is told of before the others; none of them where it is open."""
    first = tuple(call for call in calls.first if stored is not None and call.seq == stored.seq)
    return Calls(len(first), calls.open, first)


def call_on_chart(app: Application, series: Series) -> NamedCall | None:
    """The call that the address names as a chart draws it; None before it was read, and where there is none."""
    candle_open_ms = asked_candle()
    read = None if candle_open_ms is None else series_record(app, series, candle_open_ms)
    stored = named_among(read.named, asked_origin()) if isinstance(read, SeriesRecord) else None
    return None if stored is None else on_chart(stored, series.timeframe)


def asked_origin() -> Origin | None:
    """Whether the address asks for live calls or for replayed ones, as that of Track record does."""
    origin = asked(ORIGIN)
    return Origin(origin) if origin else None


def _choose_origin(shown: Origin) -> None:
    choose(say("Origin"), tuple(Origin), shown, "coin_origin", origin_word, partial(ask, ORIGIN.name))


def past_calls(app: Application, series: Series) -> None:
    """Draw what became of this coin's signals."""
    st.subheader(say("Past calls"), anchor="past-calls")
    candle_open_ms = asked_candle()
    read, market = series_record(app, series, candle_open_ms), app.feed.identity
    redraw_when_there_is_more(lambda: series_record(app, series, candle_open_ms), read)
    if not isinstance(read, SeriesRecord) or market is None:
        why = error_text(read, reader_style()) if isinstance(read, CandorError) else say("The ledger is being read.")
        st.caption(plain(why))
        return
    origin = read.shown(asked_origin())
    calls, prices = read.calls[origin], prices_word(market)
    _choose_origin(origin)
    st.markdown(origin_badge(origin, prices))
    st.markdown(plain(summary_of(calls, read.records[origin])))
    if calls.n:
        listed = listed_calls(read, origin, candle_open_ms)
        show_past_calls(
            marked_rows(listed, candle_open_ms, reader_style()),
            say(
                "Calls around the one of this page's address, {series}: {origin} signals, {prices}",
                series=series,
                origin=origin_word(origin),
                prices=prices,
            )
            if any(call.candle_open_ms == candle_open_ms for call in listed)
            else say(
                "Newest calls of {series}: {origin} signals, {prices}",
                series=series,
                origin=origin_word(origin),
                prices=prices,
            ),
        )


def listed_calls(read: SeriesRecord, origin: Origin, candle_open_ms: int | None) -> tuple[RecordedCall, ...]:
    """The newest calls, or those around the one on a candle that the address names, newest first."""
    newest = read.calls[origin].first
    known = {call.seq: call for call in (*newest, *read.around.get(origin, ()))}
    ordered = sorted(known.values(), key=lambda call: (call.candle_open_ms, call.seq), reverse=True)
    at = next((place for place, call in enumerate(ordered) if call.candle_open_ms == candle_open_ms), None)
    if at is None:
        return tuple(newest[:LISTED])
    begin = max(at - NEWER_LISTED, 0)
    return tuple(ordered[begin : begin + LISTED])


def marked_rows(calls: Sequence[RecordedCall], candle_open_ms: int | None, style: Style = TYPESET) -> list[Row]:
    """Their rows, the one of the candle that the address names marked."""
    return [
        row | {"here": True} if call.candle_open_ms == candle_open_ms else row
        for row, call in zip(call_rows(calls, style), calls, strict=True)
    ]


def summary_of(calls: Calls, record: TrackRecord) -> str:
    """What the newest calls come to, and how many are in no figure since they came late."""
    return in_a_row(_known_text(calls, record.whole, record.scope.origin), late_text(record.late))


def _known_text(calls: Calls, whole: Slice, origin: Origin) -> str:
    if not calls.n:
        if origin is Origin.LIVE:
            return say_count(
                "No outcome is known yet; {count} live signal open.",
                "No outcome is known yet; {count} live signals open.",
                calls.open,
            )
        return say_count(
            "No outcome is known yet; {count} signal open.",
            "No outcome is known yet; {count} signals open.",
            calls.open,
        )
    known = say("{outcomes} known, {open:,} open.", outcomes=outcomes_text(calls.n), open=calls.open)
    if not whole.enough:
        return in_a_row(origin_sentence(origin), known, not_enough_sentence(whole))
    side = in_a_row(side_sentence(whole.sides), knows_sentence(whole.sides, whole.side_skill))
    return in_a_row(origin_sentence(origin), known, when_sentence(whole.moves), side)


def asked_candle() -> int | None:
    """The open time of the candle that this page's address names (Unix ms); None where it names none."""
    return asked(CANDLE)


def opened_sentence(calls: Calls, candle_open_ms: int, prices: str, style: Style = TYPESET) -> str:
    """What was said on the candle that an address names, and what happened."""
    if calls.first:
        return call_sentence(calls.first[0], prices, style)
    if calls.open:
        return say(
            "The call of {time} is still open: what became of it is known once its horizon is over.",
            time=style.minute(moment_of(candle_open_ms)),
        )
    return say(
        "No call on a candle that opens at {time} is in the ledger.", time=style.minute(moment_of(candle_open_ms))
    )


def call_sentence(call: RecordedCall, prices: str, style: Style = TYPESET) -> str:
    """One call and what became of it."""
    called, happened = DIRECTION_STYLES[call.direction].word, happened_word(call)
    time, move = style.minute(moment_of(call.candle_open_ms)), 1 - call.probabilities[Direction.NO_TRADE]
    given = percent_text(call.probabilities[call.happened])
    text = say(
        "The call of {time} ({origin}, {prices}, {never_traded}): {called}, P(move) {move}. Outcome: {happened}, "
        "to which it had given {given}.",
        time=time,
        origin=origin_word(call.origin),
        prices=prices,
        never_traded=say(NEVER_TRADED),
        called=called,
        move=percent_text(move),
        happened=happened,
        given=given,
    )
    return in_a_row(text, say(LATE)) if call.late else text


def marks_on_chart(app: Application, series: Series) -> PastCalls | None:
    """The past calls of a side that a price chart can mark, the newest and those around a candle that the address names.

    None before they were read, or where there are none.
    """
    read = series_record(app, series, asked_candle())
    if not isinstance(read, SeriesRecord):
        return None
    origin = read.shown(asked_origin())
    newest = read.calls[origin].first
    known = {call.seq for call in newest}
    marks = chart_marks([*newest, *(call for call in read.around.get(origin, ()) if call.seq not in known)])
    return PastCalls(origin, marks) if marks else None


def chart_marks(calls: Sequence[RecordedCall]) -> list[dict[str, Any]]:
    """LONG and SHORT calls, each at its candle (open time, Unix ms): filled where it came, hollow where it did not."""
    return [
        {"at": call.candle_open_ms, "long": call.direction is Direction.LONG, "filled": came_true(call)}
        for call in reversed(calls)
        if call.direction is not Direction.NO_TRADE
    ]


# ---------------------------------------------------------------- on the page of a model


def live_beside_test(app: Application, series: Series, model_version: str) -> None:
    """Draw what a model's signals came to, live and replayed apart, beside its own test."""
    read, market = series_record(app, series), app.feed.identity
    redraw_when_there_is_more(lambda: series_record(app, series), read)
    if not isinstance(read, SeriesRecord) or market is None:
        return
    models = {origin: model_of(record, model_version) for origin, record in read.records.items()}
    known = {origin: model for origin, model in models.items() if model is not None and model.figures.resolved}
    if not known:
        return
    st.subheader(say("Its record beside its test"), anchor="record")
    for origin, model in known.items():
        st.markdown(origin_badge(origin, prices_word(market)))
        show_records(
            model_rows([model]),
            say("Record of {series} beside its test: {origin} signals", series=series, origin=origin_word(origin)),
            origin,
        )
        st.caption(plain(one_fall_sentence(model)))


def model_of(record: TrackRecord, model_version: str) -> ModelRecord | None:
    """That of one model, where it gave a signal."""
    return next((model for model in record.models if model.model_version == model_version), None)
