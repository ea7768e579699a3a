"""The record of one series in short, beside how far its signal can be believed: above all where the two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.application import Application
from core.domain import Series
from core.journal.slices import Share
from core.journal.track_record import ModelRecord, TrackRecord
from core.journal.vocabulary import Origin
from core.wording.language import in_a_row, phrase, say
from pages.components.record.falls import one_look_sentence
from pages.components.record.one_series import SeriesRecord, asked_candle, asked_origin, model_of, series_record
from pages.components.record.sentences import not_enough_sentence, origin_badge, prices_word, when_sentence
from pages.components.shared.coin_choice import ORIGIN, SYMBOL, TIMEFRAME
from pages.components.shared.plain_text import plain

FAR_BELOW = 2.0
"""Standard errors below its test, from which a record is said to disagree with it."""


@dataclass(frozen=True, slots=True)
class _Called:
    """What is said where fewer of the moves that were called so came than was promised, and where more did."""

    fewer: str
    more: str


_LIKELY = _Called(
    phrase("moves called likely came less often than was promised"),
    phrase("moves called likely came more often than was promised"),
)
_QUIET = _Called(
    phrase("moves called quiet came less often than was promised"),
    phrase("moves called quiet came more often than was promised"),
)


def record_beside_trust(
    app: Application, series: Series, model_version: str, first: DeltaGenerator, elsewhere: str
) -> None:
    """Draw it, once it was read, where an outcome is known: ``first`` of all where it disagrees with the test.

    ``elsewhere`` says where the test was, if not on this market.
    """
    read, market = series_record(app, series, asked_candle()), app.feed.identity
    if not isinstance(read, SeriesRecord) or market is None:
        return
    origin = read.shown(asked_origin())
    if not read.calls[origin].n:
        return
    record = read.records[origin]
    disagrees = record.whole.enough and any(disagreements(record, model_of(record, model_version)))
    with first if disagrees else st.container():
        st.markdown(origin_badge(origin, prices_word(market)))
        st.markdown(record_in_short(record, model_version, _address(series, origin), elsewhere))


def _address(series: Series, origin: Origin) -> str:
    """Of the same calls further below."""
    asked = {SYMBOL.name: series.symbol, TIMEFRAME.name: series.timeframe.value, ORIGIN.name: origin.value}
    return f"coin?{urlencode(asked)}#past-calls"


def record_in_short(record: TrackRecord, model_version: str, calls: str, elsewhere: str = "") -> str:
    """Markdown: whether past calls bear out what is believed of a model, and how often what it called came.

    ``calls`` is the address at which all of them are. ``elsewhere`` says where the model's test was, if not on this market:
    what is proven there and what came here are two things.
    """
    every_call = say("[All of its past calls]({address})", address=calls)
    return in_a_row(_verdict(record, model_version), plain(elsewhere), every_call)


def _verdict(record: TrackRecord, model_version: str) -> str:
    whole = record.whole
    if not whole.enough:
        return in_a_row(say("**Its past calls** say nothing yet."), plain(not_enough_sentence(whole)))
    model = model_of(record, model_version)
    against = list(disagreements(record, model))
    lead = (
        in_a_row(
            say("**Its past calls disagree**: {against}.", against=say("; ").join(against)),
            one_look_sentence(),
            _silent_alarm(model),
        )
        if against
        else say("**Its past calls** do not disagree.")
    )
    return in_a_row(lead, plain(when_sentence(whole.moves)))


def _silent_alarm(model: ModelRecord | None) -> str:
    """Track record's alarm, which holds however often one looks, has not gone off."""
    if model is None or model.reliance is None or model.reliance.low is None or model.reliance.alarm:
        return ""
    return say("Track record's alarm, which counts every look, is silent.")


def disagreements(record: TrackRecord, model: ModelRecord | None) -> Iterator[str]:
    """In which ways a record is not what its promises and its ``model``'s test had said."""
    moves = record.whole.moves
    broken = [*_broken(moves.likely, _LIKELY), *_broken(moves.quiet, _QUIET)]
    yield from broken
    if model is None or not model.figures.enough:
        return
    alarm = model.reliance is not None and model.reliance.alarm
    if alarm:
        yield say("its probabilities promise provably more than comes")
    if model.skill_fall is not None and model.skill_fall.deviations >= FAR_BELOW:
        fell = (
            phrase("its skill is {deviations:.1f} standard errors below its test's, though moves came as promised")
            if not broken and not alarm and any(map(_is_judged, (moves.likely, moves.quiet)))
            else phrase("its skill is {deviations:.1f} standard errors below its test's")
        )
        yield say(fell, deviations=model.skill_fall.deviations)


def _broken(share: Share | None, called: _Called) -> Iterator[str]:
    if share is None or share.promised is None or not share.enough:
        return
    if share.promised > share.high:
        yield say(called.fewer)
    elif share.promised < share.low:
        yield say(called.more)


def _is_judged(share: Share | None) -> bool:
    """Whether there is enough to say that a promise was kept."""
    return share is not None and share.enough and share.promised is not None
