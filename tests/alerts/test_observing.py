"""A signal meets a rule where it says all that is asked for, and leaves it below a lower level than it entered by."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.alerts.observing import Reading, seen_in_signal, seen_in_silence
from core.alerts.rules import FeedSilent, ModelStale, QuietHours, Rule, SignalSays
from core.alerts.states import Seen
from core.domain import Direction, Series, Timeframe
from core.journal.vocabulary import MissingReason
from core.signals.bands import Band
from tests.alerts.watched import says
from tests.journal.made_entries import silence


def seen(asked: SignalSays, move: float = 0.7, usual: float | None = 0.7, **changes) -> Seen:
    return seen_in_signal(asked, Reading.of(says(0, move, **changes), usual))


@pytest.mark.parametrize(
    ("move", "expected"), [(0.75, Seen.MEETS), (0.749, Seen.HOLDS), (0.73, Seen.HOLDS), (0.7299, Seen.LEAVES)]
)
@pytest.mark.parametrize(
    "asked", [SignalSays(move_at_least=0.75), SignalSays(above_usual=0.05), SignalSays(band=Band.LIKELY)]
)
def test_a_level_is_left_lower_than_it_is_entered(asked: SignalSays, move: float, expected: Seen) -> None:
    assert seen(asked, move) is expected


def test_a_side_counts_only_where_it_is_proven() -> None:
    asked = SignalSays(side=Direction.LONG)
    assert seen(asked, long=0.6, side="unproven") is Seen.LEAVES
    assert seen(asked, long=0.6, side="proven") is Seen.MEETS
    assert seen(asked, long=0.4, side="proven") is Seen.LEAVES


def test_verdicts_and_proofs_are_asked_for_beside_levels() -> None:
    asked = SignalSays(move_at_least=0.6, timing_proven=True, trusted=True)
    assert seen(asked) is Seen.MEETS
    assert seen(asked, timing="unproven") is Seen.LEAVES
    assert seen(asked, verdict="no_skill") is Seen.LEAVES
    assert seen(SignalSays(side_proven=True)) is Seen.LEAVES
    assert seen(SignalSays(confidence_at_least=0.5)) is Seen.LEAVES


def test_what_is_usual_of_a_model_that_nobody_described_cannot_be_judged() -> None:
    assert seen(SignalSays(above_usual=0.05), usual=None) is Seen.UNREADABLE
    assert seen(SignalSays(move_at_least=0.5), usual=None) is Seen.MEETS


def test_silence_meets_the_rule_of_the_feed_and_hides_the_others() -> None:
    down, gap = silence(reason=MissingReason.FEED_DOWN), silence(reason=MissingReason.GAP)
    asked = SignalSays(trusted=True)
    assert seen_in_silence(FeedSilent(), down) is Seen.MEETS
    assert seen_in_silence(FeedSilent(), gap) is None
    assert (seen_in_silence(asked, down), seen_in_silence(asked, gap)) == (Seen.SILENT, Seen.UNREADABLE)
    assert seen_in_signal(FeedSilent(), Reading.of(says(0, 0.7), 0.7)) is Seen.LEAVES


def test_a_model_that_has_gone_stale_meets_its_rule() -> None:
    for verdict, expected in (("stale_model", Seen.MEETS), ("trusted", Seen.LEAVES)):
        assert seen_in_signal(ModelStale(), Reading.of(says(0, 0.7, verdict=verdict), None)) is expected


@pytest.mark.parametrize(
    "given",
    [
        {"condition": {"kind": "signal"}},
        {"condition": {"kind": "signal", "move_at_least": 1.2}},
        {"condition": {"kind": "signal", "side": "NO_TRADE"}},
        {"condition": {"kind": "weather"}},
        {"name": " "},
        {"name": "two\nlines"},
        {"candles": 0},
        {"most_an_hour": 0},
        {"timeframes": ["7m"]},
        {"quiet": {"begins": 60, "ends": 60}},
        {"unheard": "of"},
    ],
)
def test_a_rule_that_cannot_be_judged_does_not_exist(given: dict[str, object]) -> None:
    plain = {"name": "a rule", "condition": {"kind": "feed_silent"}}
    Rule.model_validate(plain)
    with pytest.raises(ValidationError):
        Rule.model_validate(plain | given)


def test_quiet_hours_last_past_midnight() -> None:
    night = QuietHours(begins=22 * 60, ends=7 * 60)
    assert [night.minutes_left(hour * 60) for hour in (21, 22, 0, 6, 7)] == [0, 540, 420, 60, 0]


def test_a_rule_covers_all_that_it_does_not_narrow() -> None:
    everything = Rule(name="all", condition=FeedSilent())
    narrow = Rule(name="some", symbols=("BTCUSDT",), timeframes=(Timeframe.H1,), condition=FeedSilent())
    btc, eth = Series("BTCUSDT", Timeframe.H1), Series("ETHUSDT", Timeframe.H1)
    assert [everything.covers(btc), everything.covers(eth), narrow.covers(btc), narrow.covers(eth)] == [
        True,
        True,
        True,
        False,
    ]
