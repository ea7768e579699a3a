"""Words: how symbols, timeframes and trust are read and written."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain import RENAMED, Timeframe, normalise_symbol, resolve_symbol
from core.errors import UnknownSymbol, UnknownTimeframe
from core.findings import Finding, NeverTested, NoProvenSkill, Severity, Trust, Verdict
from core.measured import MeasuredSkill
from core.text import shorten

KNOWN = ("BTCUSDT", "ETHUSDT", "SOLUSDT")


@pytest.mark.parametrize("written", ["BTC", "btc", "BTCUSDT", " btcusdt "])
def test_a_coin_may_be_written_short_or_long_in_any_case(written):
    assert resolve_symbol(written, KNOWN) == "BTCUSDT"


@pytest.mark.parametrize(
    "written",
    ["BTC/USDT", "btc/usdt:usdt", "BTC-USDT", "btc_usdt", "BTC-USDT-SWAP", "BTCUSDT.P", "BINANCE:BTCUSDT.P",
     "BTCUSDT_PERP", "BTCUSDTPERP", "XBTUSDTM", "XBT", "XBT/USDT", "XBTUSDT"],
)  # fmt: skip
def test_a_coin_may_be_written_as_exchanges_and_their_libraries_do(written):
    assert normalise_symbol(written) == "BTCUSDT"
    assert resolve_symbol(written, KNOWN) == "BTCUSDT"


@pytest.mark.parametrize(
    "written", ["BTC/USD", "BTC/USDC", "BTC/BTC", "ETH/BTC", "BTC/USDT:BTC", "BTC/USDT:USDT-251226", "USDT", "/USDT"]
)
def test_another_quote_or_a_dated_contract_is_not_taken_for_the_coin_in_usdt(written):
    with pytest.raises(UnknownSymbol):
        resolve_symbol(written, KNOWN)


@pytest.mark.parametrize(
    ("written", "known", "sentence"),
    [
        ("MATIC", ("POLUSDT", "TIAUSDT"), "Unknown symbol 'MATIC'. MATIC is called POL now. Did you mean 'POLUSDT'?"),
        ("matic/usdt", ("BTCUSDT",), "Unknown symbol 'matic/usdt'. MATIC is called POL now; this market has neither."),
        ("FTMUSDT", ("SUSDT",), "Unknown symbol 'FTMUSDT'. FTM is called S now. Did you mean 'SUSDT'?"),
        ("RNDR", ("RENDERUSDT",), "Unknown symbol 'RNDR'. RNDR is called RENDER now. Did you mean 'RENDERUSDT'?"),
        ("EOS", ("AUSDT",), "Unknown symbol 'EOS'. EOS is called A now. Did you mean 'AUSDT'?"),
        ("POL", ("MATICUSDT",), "Unknown symbol 'POL'. POL is called MATIC in this market. Did you mean 'MATICUSDT'?"),
    ],
)
def test_a_coin_that_was_renamed_is_answered_with_its_name_of_today(written, known, sentence):
    with pytest.raises(UnknownSymbol) as error:
        resolve_symbol(written, known)
    assert str(error.value) == sentence


def test_a_market_that_still_lists_a_coin_by_its_old_name_is_asked_by_that():
    assert resolve_symbol("MATIC", ("MATICUSDT", "POLUSDT")) == "MATICUSDT"


def test_no_coin_is_renamed_to_a_name_that_was_given_up():
    assert not RENAMED.keys() & RENAMED.values()


def test_a_symbol_close_to_a_known_one_is_answered_with_that_one():
    with pytest.raises(UnknownSymbol) as error:
        resolve_symbol("BTCUSD", KNOWN)
    assert str(error.value) == "Unknown symbol 'BTCUSD'. Did you mean 'BTCUSDT'?"


@pytest.mark.parametrize("written", ["POL", "STRAX", "A", "S/USDT"])
def test_the_name_of_today_of_a_renamed_coin_is_no_misspelling_of_another(written):
    with pytest.raises(UnknownSymbol, match="coins, none of that name"):
        resolve_symbol(written, ("SOLUSDT", "TRXUSDT", "ARUSDT", "SUIUSDT"))


@pytest.mark.parametrize("written", ["NOSUCHCOINUSDT", "PEPE", "MATIUSDT"])
def test_a_strange_symbol_is_not_taken_for_a_coin_that_only_ends_alike(written):
    with pytest.raises(UnknownSymbol, match="This market has 3 coins, none of that name"):
        resolve_symbol(written, KNOWN)


@given(st.text(max_size=10_000))
def test_whatever_is_written_resolves_to_a_known_symbol_or_is_refused_in_a_short_printable_sentence(written):
    try:
        assert resolve_symbol(written, KNOWN) in KNOWN
    except UnknownSymbol as error:
        assert len(str(error)) < 200
        assert str(error).isprintable()


@given(st.text(max_size=20))
@example("0:")
@example("BINANCE:BTC")
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


def test_trust_takes_its_verdict_from_the_gravest_finding_wherever_it_stands():
    unproven = Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(MeasuredSkill(0.01, -0.01, 0.03, 1000)))
    untested = Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, NeverTested())
    trust = Trust((unproven, untested))
    assert (trust.verdict, trust.severity) == (Verdict.NO_ACCURACY, Severity.CRITICAL)
    assert trust.findings == (untested, unproven)
    assert (Trust().verdict, Trust().severity) == (Verdict.TRUSTED, None)


def test_what_is_quoted_in_a_message_is_short_and_printable():
    assert shorten("a" * 100) == "a" * 39 + "…"
    assert shorten("x\x00\x1b[31m") == "x??[31m"
