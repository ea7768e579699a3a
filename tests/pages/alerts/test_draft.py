"""A rule fills the form in as it would have been typed, so that changing nothing changes nothing."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from core.alerts.book import StoredRule, Version
from core.alerts.foretold import Foretold
from core.alerts.limits import Sent
from core.alerts.rules import BarrierTouched, FeedSilent, ModelStale, QuietHours, Rule, SignalSays, TimeframesAgree
from core.alerts.states import State
from core.domain import Direction, Series, Timeframe
from core.signals.bands import Band
from core.wording.style import TYPESET
from pages.components.alerts.draft import LIMITS, Draft, draft_in, draft_of, kept_form, rule_of
from pages.components.alerts.sentences import condition_text, foretold_text, states_text, version_text

SIGNAL = Rule(
    name="all of it",
    symbols=("BTCUSDT", "ETHUSDT"),
    timeframes=(Timeframe.M15, Timeframe.H1),
    condition=SignalSays(
        move_at_least=0.75,
        above_usual=0.05,
        confidence_at_least=0.4,
        side=Direction.LONG,
        band=Band.LIKELY,
        side_proven=True,
        leave_lower_by=0.01,
    ),
    candles=3,
    most_an_hour=4,
    quiet=QuietHours(begins=22 * 60, ends=7 * 60 + 30),
    tell_end=True,
)
RULES = [
    SIGNAL,
    Rule(name="few", condition=SignalSays(trusted=True)),
    Rule(name="mine", symbols=("BTCUSDT",), watchlist=True, condition=ModelStale()),
    Rule(name="silent", condition=FeedSilent()),
    Rule(name="when", condition=TimeframesAgree(expected_on=3, leave_lower_by=0.03)),
    Rule(name="which way", condition=TimeframesAgree(side=Direction.SHORT, sided_on=1)),
    Rule(name="touched", condition=BarrierTouched(barrier="upper", move_at_least=0.7)),
    Rule(name="any", condition=BarrierTouched()),
]


def test_a_name_that_is_too_long_is_told_with_how_long_it_may_be() -> None:
    assert rule_of(Draft(name="x" * 500)) == ["The name has 500 letters; expected at most 60."]


def test_of_too_few_signals_what_would_have_been_told_gives_counts_and_no_shares() -> None:
    forecast = Foretold(signals=50, fired=18, sent=Sent(2), expected=14.4, usual=12.6, described=18)
    forecast.ended, forecast.moved = Counter({1: 18}), Counter({1: 18})
    forecast.sided, forecast.right = Counter({1: 3}), Counter()
    assert foretold_text(forecast).replace("\N{NO-BREAK SPACE}", " ") == (
        "2 messages about 18 signals, of 50 in 30 days. Of the 18 that have ended, a move came in 18 (not enough yet: 18 of 30); "
        "P(move) had said 80 %, usually 70 %. The side was proven and called in 3 of those, and right in 0 (not enough yet: 3 of 30); "
        "even is 50 %."
    )
    forecast.ended, forecast.moved = Counter({1: 500}), Counter({1: 400})
    assert "a move came in 400 (not enough yet: 500, worth about 1)" in foretold_text(forecast)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_typed_for_a_rule_makes_that_rule(rule: Rule) -> None:
    assert rule_of(draft_of(rule)) == rule


def test_coins_are_a_copy_of_a_watchlist_only_while_they_are_the_ones_that_were_copied() -> None:
    copied = Draft(name="mine", symbols=("ETHUSDT", "BTCUSDT"), copied=("BTCUSDT", "ETHUSDT"))
    made = rule_of(copied)
    assert isinstance(made, Rule)
    assert "BTC (a copy of a watchlist)" in condition_text(made)
    other = rule_of(Draft(name="mine", symbols=("ETHUSDT",), copied=("BTCUSDT", "ETHUSDT")))
    assert isinstance(other, Rule)
    assert not other.watchlist


def test_what_keeps_a_draft_from_being_a_rule_is_said() -> None:
    asked = Draft(name="three", kind="confluence", timeframes=(Timeframe.H1,), expected_on=3)
    assert rule_of(asked) == ["This rule asks for 3 timeframes at once and looks at 1."]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (RULES[4], "a move is likely on at least 3 timeframes at once"),
        (RULES[5], "side SHORT, where it is proven, on at least 1 timeframe"),
        (RULES[6], "the upper barrier was touched first, told at the horizon's end; P(move) had been from 70"),
        (RULES[7], "a barrier was touched first, told at the horizon's end · all coins"),
    ],
)
def test_what_a_rule_asks_for_is_said(rule: Rule, text: str) -> None:
    assert text in condition_text(rule).replace("\N{NO-BREAK SPACE}", " ")


def test_a_version_says_until_when_it_counted_and_one_that_cannot_be_read_says_so() -> None:
    assert version_text(Version(2, RULES[7], 0), TYPESET).startswith(
        "Version 2, until 1970-01-01 00:00 UTC: any: a barrier"
    )
    assert (
        version_text(Version(1, None, 0), TYPESET)
        == "Version 1, until 1970-01-01 00:00 UTC: it cannot be read any more."
    )


def stored(condition, **states) -> StoredRule:
    counts = {State(name): len(series) for name, series in states.items()}
    return StoredRule(1, 1, Rule(name="r", condition=condition), None, True, 0, counts, firing=states.get("firing", []))


def test_which_series_fire_is_said_beside_how_many_and_a_rule_that_was_never_looked_at_says_when_it_will_be() -> None:
    series = [Series(f"C{number}USDT", Timeframe.M15) for number in range(10)]
    many = states_text(stored(SignalSays(move_at_least=0.75), firing=series, normal=series[:2]))
    assert (
        many
        == "2 normal, 10 firing. Firing: C0 15m, C1 15m, C2 15m, C3 15m, C4 15m, C5 15m, C6 15m, C7 15m and 2 more."
    )
    assert states_text(stored(TimeframesAgree(expected_on=2), firing=series[:1])) == "1 firing. Firing: C0."
    assert states_text(stored(SignalSays(move_at_least=0.75), normal=series)) == "10 normal."
    assert "the next candle that closes" in states_text(stored(SignalSays(move_at_least=0.75)))
    assert "once a candle is due" in states_text(stored(FeedSilent()))
    assert "no states" in states_text(stored(BarrierTouched(), normal=series))


def test_messages_that_would_have_been_held_are_told_apart_by_what_held_them_and_ends_beside_beginnings() -> None:
    forecast = Foretold(signals=500, fired=12, ends=3, sent=Sent(9, after_quiet=2, after_limit=4))
    assert (
        foretold_text(forecast)
        .replace("\N{NO-BREAK SPACE}", " ")
        .startswith(
            "9 messages (2 held until the quiet hours were over, 4 held until the hour had room again) about 12 signals and "
            "the ends of 3, of 500 in 30 days."
        )
    )


def test_touches_that_would_have_been_told_stand_beside_what_p_move_had_said_and_how_often_it_came() -> None:
    forecast = Foretold(signals=50, fired=12, sent=Sent(2), expected=28, usual=24, described=40)
    forecast.ended, forecast.moved = (
        Counter(dict.fromkeys(range(8), 5)),
        Counter({day: 3 + day % 2 for day in range(8)}),
    )
    assert foretold_text(forecast, of_touches=True).replace("\N{NO-BREAK SPACE}", " ") == (
        "2 messages about 12 touched barriers, of 40 such signals that ended in 30 days. P(move), of either barrier, had "
        "said 70 %, usually 60 %; it came in 70 % (95 % interval 51.3 to 83.8 %)."
    )
    none = foretold_text(Foretold(signals=50), of_touches=True)
    assert none == "None of the 50 signals of 30 days that ended had such a P(move)."


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_browser_keeps_of_a_draft_is_the_draft(rule: Rule) -> None:
    draft = draft_of(rule)
    assert draft_in(json.loads(json.dumps(kept_form(draft)))) == draft


def test_what_somebody_else_left_in_the_browser_is_no_draft() -> None:
    sound = kept_form(Draft(name="mine"))
    wrong = [{"name": "x" * 61}, {"kind": "rain"}, {"symbols": "BTCUSDT"}, {"side": "UP"}, {"quiet_from": "noon"}]
    wrong += [{name: most + 1} for name, (_, most) in LIMITS.items()] + [{name: -1} for name in LIMITS]
    for found in [None, 7, [], "draft", *(sound | each for each in wrong)]:
        assert draft_in(found) is None, found
