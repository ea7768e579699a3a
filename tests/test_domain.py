"""Words: how symbols, timeframes and trust are read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe, normalise_symbol, resolve_symbol
from core.errors import UnknownSymbol, UnknownTimeframe
from core.findings import Finding, NeverTested, NoProvenSkill, Severity, Trust, Verdict
from core.text import shorten

KNOWN = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


@pytest.mark.parametrize("written", ["BTC", "btc", "BTCUSDT", " btcusdt "])
def test_a_coin_may_be_written_short_or_long_in_any_case(written):
    assert resolve_symbol(written, KNOWN) == "BTCUSDT"


def test_a_symbol_close_to_a_known_one_is_answered_with_that_one():
    with pytest.raises(UnknownSymbol) as error:
        resolve_symbol("BTCUSD", KNOWN)
    assert str(error.value) == "Unknown symbol 'BTCUSD'. Did you mean 'BTCUSDT'?"


@given(st.text(max_size=10_000))
def test_whatever_is_written_resolves_to_a_known_symbol_or_is_refused_in_a_short_printable_sentence(written):
    try:
        assert resolve_symbol(written, KNOWN) in KNOWN
    except UnknownSymbol as error:
        assert len(str(error)) < 200
        assert str(error).isprintable()


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(written):
    once = normalise_symbol(written)
    assert normalise_symbol(once) == once


@pytest.mark.parametrize("written", ["15m", " 15M ", "1H", "4h", "1d"])
def test_timeframes_are_read_in_any_case(written):
    assert Timeframe.parse(written) == written.strip().lower()


def test_an_unknown_timeframe_is_answered_with_a_suggestion_and_the_choices():
    with pytest.raises(UnknownTimeframe) as error:
        Timeframe.parse("15min")
    assert str(error.value) == "Unknown timeframe '15min'. Did you mean '15m'? Choose one of: 15m, 1h, 4h, 1d."


def test_timeframes_know_their_length():
    assert [timeframe.minutes for timeframe in Timeframe] == [15, 60, 240, 1440]
    assert Timeframe.H4.milliseconds == 14_400_000
    assert Timeframe.D1.duration.days == 1


def test_trust_takes_its_verdict_from_the_first_finding():
    unproven = Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(0.01, -0.01, 0.03, 1000))
    untested = Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, NeverTested())
    trust = Trust((unproven, untested))
    assert (trust.verdict, trust.severity) == (Verdict.NO_SKILL, Severity.WARNING)
    assert (Trust().verdict, Trust().severity) == (Verdict.TRUSTED, None)


def test_what_is_quoted_in_a_message_is_short_and_printable():
    assert shorten("a" * 100) == "a" * 39 + "…"
    assert shorten("x\x00\x1b[31m") == "x??[31m"
