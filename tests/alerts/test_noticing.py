"""Alerts are written with the signal that causes them, once, and nothing about them keeps the ledger from being written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from core.alerts.book import Destination, Version
from core.alerts.rules import FeedSilent, QuietHours, Rule, SignalSays
from core.alerts.states import State
from core.alerts.statuses import Status
from core.alerts.tables import alert_rules, alert_states, alerts
from core.alerts.told import alerts_after, newest_alerts
from core.domain import Timeframe
from core.errors import InvalidRequest
from core.journal.store import Ledger
from core.journal.verification import Verified, verify
from core.journal.vocabulary import MissingReason, Origin
from tests.alerts.watched import LIKELY, Watched, says
from tests.journal.made_entries import silence

FIRED = (1, "fired", "BTCUSDT 15m", "waiting")


def test_a_signal_that_changes_into_a_rule_is_told_once_with_the_number_of_its_entry(life: Watched) -> None:
    life.add()
    life.ledger.append([says(0, 0.70), says(0, 0.80, symbol="ETHUSDT")])
    assert life.alerts() == []
    life.ledger.append([says(1, 0.80), says(1, 0.80, symbol="ETHUSDT")])
    life.ledger.append([says(1, 0.80), says(2, 0.80)])
    assert life.alerts() == [FIRED]
    with life.ledger.database.reading() as connection:
        assert connection.execute(select(alerts.c.seq)).scalars().all() == [5]
    assert life.book.rules()[0].states == {State.FIRING: 2}
    assert [str(series.symbol) for series in life.book.rules()[0].firing] == ["BTCUSDT", "ETHUSDT"]
    [followed] = life.book.rules(followed=("ETHUSDT",))
    assert (followed.states, [series.symbol for series in followed.firing]) == ({State.FIRING: 1}, ["ETHUSDT"])
    assert isinstance(verify(life.ledger.database), Verified)


def test_what_was_worked_out_afterwards_tells_nothing(life: Watched) -> None:
    life.add()
    life.ledger.append([says(0, 0.70, origin=Origin.REPLAYED), says(1, 0.80, origin=Origin.REPLAYED)])
    assert life.alerts() == []
    assert life.book.rules()[0].states == {}


def test_an_older_candle_that_is_entered_late_changes_nothing(life: Watched) -> None:
    life.add()
    life.ledger.append([says(1, 0.70)])
    life.ledger.append([says(0, 0.80), says(2, 0.70), says(2, 0.80, model_version="two")])
    assert life.alerts() == []


def test_a_signal_that_no_longer_held_when_it_was_written_is_recorded_and_not_sent(life: Watched) -> None:
    life.add(target="json://localhost/hook")
    life.market.advance(timedelta(hours=2))
    life.ledger.append([says(0, 0.70), says(1, 0.80)])
    assert [alert[3] for alert in life.alerts()] == ["late"]


def test_a_silent_feed_mutes_a_rule_says_so_once_for_a_timeframe_and_repeats_nothing_afterwards(life: Watched) -> None:
    life.add()
    life.ledger.append([says(0, 0.80), says(0, 0.70, symbol="ETHUSDT")])
    down = {"reason": MissingReason.FEED_DOWN}
    life.ledger.append([silence(1, **down), silence(1, symbol="ETHUSDT", **down)])
    life.ledger.append([silence(2, **down), silence(2, symbol="ETHUSDT", **down)])
    assert life.alerts() == [(1, "went_silent", "BTCUSDT 15m", "waiting")]
    assert life.book.rules()[0].states == {State.NO_DATA: 2}
    life.ledger.append([says(3, 0.80), says(3, 0.80, symbol="ETHUSDT")])
    assert life.alerts()[1:] == [(1, "fired", "ETHUSDT 15m", "waiting")]


def test_a_rule_of_the_feed_fires_where_it_is_silent_from_the_beginning_and_ends_with_a_signal(life: Watched) -> None:
    life.add(Rule(name="silent", timeframes=(Timeframe.M15,), condition=FeedSilent(), candles=2, tell_end=True))
    life.ledger.append([silence(0, reason=MissingReason.STALE_CANDLES)])
    assert life.alerts() == []
    life.ledger.append([silence(1, reason=MissingReason.STALE_CANDLES)])
    life.ledger.append([says(2, 0.7)])
    assert [alert[1] for alert in life.alerts()] == ["fired", "ended"]


DOWN = {"reason": MissingReason.FEED_DOWN}
SILENT = Rule(name="silent", condition=FeedSilent(), tell_end=True)
HOOK, OTHER = "json://localhost/hook", "json://localhost/other"


def test_what_was_silent_before_hides_no_later_silence_of_others(life: Watched) -> None:
    life.add()
    life.ledger.append([says(0, 0.80), says(0, 0.70, symbol="ETHUSDT")])
    life.ledger.append([silence(1, **DOWN), says(1, 0.70, symbol="ETHUSDT")])
    life.ledger.append([silence(2, **DOWN), silence(2, symbol="ETHUSDT", **DOWN)])
    assert [alert[1:3] for alert in life.alerts()] == [("went_silent", "BTCUSDT 15m"), ("went_silent", "ETHUSDT 15m")]


def test_of_one_close_that_comes_in_two_parts_one_message_says_that_the_feed_is_silent(life: Watched) -> None:
    life.add()
    life.ledger.append([says(0, 0.80), says(0, 0.70, symbol="ETHUSDT")])
    life.ledger.append([silence(1, **DOWN)])
    life.ledger.append([silence(1, symbol="ETHUSDT", **DOWN)])
    assert len(life.alerts()) == 1


def test_rules_that_send_to_one_place_say_together_that_the_feed_is_silent(life: Watched) -> None:
    for target in (HOOK, HOOK, OTHER):
        life.add(target=target)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    assert [alert[:2] for alert in life.alerts()] == [(1, "went_silent"), (3, "went_silent")]


def test_where_a_rule_of_the_feed_tells_it_the_others_do_not_and_of_several_of_them_one_does(life: Watched) -> None:
    life.add(target=HOOK)
    for _ in range(2):
        life.add(SILENT, HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN), silence(1, symbol="ETHUSDT", **DOWN)])
    assert life.alerts() == [(2, "fired", "BTCUSDT 15m", "waiting"), (2, "fired", "ETHUSDT 15m", "waiting")]
    life.ledger.append([silence(2, **DOWN)])
    life.ledger.append([says(3, 0.80)])
    assert life.alerts()[2:] == [(2, "ended", "BTCUSDT 15m", "waiting")]


@pytest.mark.slow
def test_a_rule_that_somebody_silenced_or_that_is_quiet_hides_no_silence_from_the_others(life: Watched) -> None:
    silenced = life.add(SILENT, HOOK)
    life.book.silence(silenced, life.now_ms + 60_000, life.now_ms)
    life.add(SILENT.model_copy(update={"quiet": QuietHours(begins=0, ends=1)}), HOOK)
    life.add(SILENT, HOOK)
    life.add(target=HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    assert [(alert[0], alert[1], alert[3]) for alert in life.alerts()] == [
        (1, "fired", "silenced"),
        (2, "fired", "waiting"),
        (3, "fired", "waiting"),
    ]


@pytest.mark.slow
def test_a_rule_of_the_feed_that_has_not_fired_yet_hides_no_silence(life: Watched) -> None:
    life.add(target=HOOK)
    life.add(SILENT.model_copy(update={"candles": 20}), HOOK)
    life.ledger.append([says(0, 0.80)])
    for number in range(1, 21):
        life.ledger.append([silence(number, **DOWN)])
        assert [alert[:2] for alert in life.alerts()] == [(1, "went_silent"), (2, "fired")][: 1 + number // 20]


def test_a_rule_of_the_feed_whose_alert_was_silenced_hides_none_of_another(life: Watched) -> None:
    silenced = life.add(SILENT, HOOK)
    life.book.silence(silenced, life.now_ms + 60_000, life.now_ms)
    life.add(SILENT.model_copy(update={"candles": 2}), HOOK)
    life.ledger.append([silence(1, **DOWN)])
    life.clock.advance(timedelta(minutes=2))
    life.ledger.append([silence(2, **DOWN)])
    assert [(alert[0], alert[3]) for alert in life.alerts()] == [(1, "silenced"), (2, "waiting")]


Stop = Callable[[Watched], object]
STOPPED: dict[str, Stop] = {
    "deleted": lambda life: life.book.delete(1, life.now_ms),
    "switched off": lambda life: life.book.switch(1, on=False, now_ms=life.now_ms),
    "silenced": lambda life: life.book.silence(1, life.now_ms + 60_000, life.now_ms),
    "sent elsewhere": lambda life: life.book.change(1, 1, rules_first(life), life.now_ms, Destination(OTHER)),
}


def rules_first(life: Watched) -> Rule:
    rule = life.book.rules()[0].rule
    assert rule is not None
    return rule


@pytest.mark.parametrize("stop", STOPPED.values(), ids=STOPPED)
def test_what_a_rule_that_is_stopped_was_to_tell_of_a_silence_one_of_its_companions_tells(
    life: Watched, stop: Stop
) -> None:
    for target in (HOOK, HOOK, HOOK, OTHER):
        life.add(target=target)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    stop(life)
    assert life.alerts() == [(rule, "went_silent", "BTCUSDT 15m", "waiting") for rule in (2, 4)]
    life.book.delete(2, life.now_ms)
    assert [alert[0] for alert in life.alerts()] == [3, 4]
    life.ledger.append([silence(2, **DOWN)])
    assert len(life.alerts()) == 2


@pytest.mark.parametrize("again", STOPPED.values(), ids=STOPPED)
def test_what_was_passed_on_is_told_by_nobody_else_and_keeps_its_rule_from_nothing(life: Watched, again: Stop) -> None:
    for _ in range(2):
        life.add(SILENT, HOOK)
    life.ledger.append([silence(1, **DOWN)])
    life.book.silence(1, life.now_ms + 60_000, life.now_ms)
    assert [(alert[0], alert[3]) for alert in life.alerts()] == [(2, "waiting")]
    life.book.silence(1, 0, life.now_ms)
    again(life)
    assert [(alert[0], alert[3]) for alert in life.alerts()] == [(2, "waiting")]


@pytest.mark.parametrize("rule", [SILENT, LIKELY], ids=["of the feed", "of signals"])
@pytest.mark.parametrize("stop", STOPPED.values(), ids=STOPPED)
def test_whoever_reads_alerts_in_order_has_seen_the_id_of_one_that_is_passed_on(
    life: Watched, rule: Rule, stop: Stop
) -> None:
    for _ in range(3):
        life.add(rule, HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    seen, after = alerts_after(life.ledger.database, 0, 9)
    assert [record.status for record in seen] == ["waiting", "covered", "covered"]
    life.ledger.append([says(1, 0.60, symbol="ETHUSDT")])
    stop(life)
    now, _ = alerts_after(life.ledger.database, 0, 9)
    assert [record.alert.name for record in now] == [record.alert.name for record in seen]
    assert [record.status for record in now] == ["covered", "waiting", "covered"]
    assert alerts_after(life.ledger.database, after, 9) == ([], after)


def test_a_companion_tells_of_its_own_coin_what_the_one_before_it_told_of_another(life: Watched) -> None:
    life.add(target=HOOK)
    life.add(LIKELY.model_copy(update={"symbols": ("ETHUSDT",)}), HOOK)
    life.ledger.append([says(0, 0.80), says(0, 0.80, symbol="ETHUSDT")])
    life.ledger.append([silence(1, **DOWN), silence(1, symbol="ETHUSDT", **DOWN)])
    assert [alert[:3] for alert in life.alerts()] == [(1, "went_silent", "BTCUSDT 15m")]
    life.book.delete(1, life.now_ms)
    assert [(each.alert.name, each.alert.series.symbol) for each in newest_alerts(life.ledger.database, 9)] == [
        ("2-6", "ETHUSDT")
    ]


def test_what_a_rule_of_the_feed_was_to_tell_another_one_tells_or_else_those_that_it_mutes(life: Watched) -> None:
    for rule in (SILENT, SILENT, LIKELY, LIKELY):
        life.add(rule, HOOK)
    both = ("BTCUSDT", "ETHUSDT")
    life.ledger.append([says(0, 0.80, symbol=coin) for coin in both])
    life.ledger.append([silence(1, symbol=coin, **DOWN) for coin in both])
    assert {alert[0] for alert in life.alerts()} == {1}
    life.book.delete(1, life.now_ms)
    assert [alert[:3] for alert in life.alerts()] == [
        (2, "fired", "BTCUSDT 15m"),
        (2, "fired", "ETHUSDT 15m"),
    ]
    life.book.delete(2, life.now_ms)
    assert [alert[:3] for alert in life.alerts()] == [(3, "went_silent", "BTCUSDT 15m")]


@pytest.mark.slow
def test_what_was_told_before_a_rule_was_stopped_is_not_told_again(life: Watched) -> None:
    for _ in range(2):
        life.add(target=HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    with life.ledger.database.writing() as connection:
        connection.execute(update(alerts).where(alerts.c.rule_id == 1).values(status=Status.DELIVERED))
    life.book.delete(1, life.now_ms)
    assert [alert[0] for alert in life.alerts()] == [1]


def test_who_told_of_a_silence_already_inherits_none_of_another(life: Watched) -> None:
    life.add(target=HOOK)
    life.add(SILENT.model_copy(update={"candles": 2}), HOOK)
    life.ledger.append([says(0, 0.80)])
    for number in (1, 2):
        life.clock.advance(timedelta(minutes=15))
        life.ledger.append([silence(number, **DOWN)])
    life.book.delete(2, life.now_ms)
    assert [alert[:2] for alert in life.alerts()] == [(1, "went_silent"), (2, "fired")]


def silence_for(life: Watched, rule: int) -> None:
    life.book.silence(rule, life.now_ms + 60_000, life.now_ms)


def change(life: Watched, rule: int, **changes: object) -> None:
    kept = next(each for each in life.book.rules() if each.id == rule)
    assert kept.rule is not None
    life.book.change(rule, kept.version, kept.rule.model_copy(update=changes), life.now_ms)


def there_and_back(life: Watched) -> int:
    silence_for(life, 1)
    life.book.silence(1, 0, life.now_ms)
    silence_for(life, 2)
    return 1


def to_one_that_was_renamed(life: Watched) -> int:
    change(life, 2, name="other")
    life.book.delete(1, life.now_ms)
    return 2


def from_one_that_is_given_quiet_hours(life: Watched) -> int:
    change(life, 1, quiet=QuietHours(begins=0, ends=1))
    life.book.delete(1, life.now_ms)
    return 2


@pytest.mark.parametrize("rule", [SILENT, LIKELY], ids=["of the feed", "of signals"])
@pytest.mark.parametrize("stops", [there_and_back, to_one_that_was_renamed, from_one_that_is_given_quiet_hours])
def test_whatever_is_stopped_one_after_another_somebody_tells_of_a_silence(
    life: Watched, rule: Rule, stops: Callable[[Watched], int]
) -> None:
    """Each of ``stops`` answers with the rule that is to tell in the end."""
    for _ in range(2):
        life.add(rule, HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    with life.ledger.database.writing() as connection:  # a clock goes on between two rows
        later = update(alerts).where(alerts.c.rule_id == 2).values(made_at_ms=alerts.c.made_at_ms + 1)
        connection.execute(later)
    assert stops(life) in [alert[0] for alert in life.alerts() if alert[3] == "waiting"]


def test_what_is_passed_on_waits_for_no_limit_of_the_one_that_left_it(life: Watched) -> None:
    for _ in range(2):
        life.add(target=HOOK)
    life.ledger.append([says(0, 0.80)])
    life.ledger.append([silence(1, **DOWN)])
    with life.ledger.database.writing() as connection:
        connection.execute(update(alerts).values(next_try_ms=life.now_ms + 3_000_000))
    life.book.delete(1, life.now_ms)
    with life.ledger.database.reading() as connection:
        asked = select(alerts.c.next_try_ms).where(alerts.c.rule_id == 2)
        assert connection.execute(asked).scalar() == life.now_ms


def test_a_silenced_rule_records_and_one_that_is_off_looks_at_nothing(life: Watched) -> None:
    rule = life.add(target="json://localhost/hook")
    life.book.silence(rule, life.now_ms + 60_000, life.now_ms)
    life.ledger.append([says(0, 0.70), says(1, 0.80)])
    assert [alert[3] for alert in life.alerts()] == ["silenced"]
    life.book.switch(rule, on=False, now_ms=life.now_ms)
    life.ledger.append([says(2, 0.70), says(3, 0.80)])
    life.book.switch(rule, on=True, now_ms=life.now_ms)
    life.ledger.append([says(4, 0.80), says(5, 0.70), says(6, 0.80)])
    assert len(life.alerts()) == 2
    life.clock.advance(timedelta(minutes=2))
    life.ledger.append([says(7, 0.70), says(8, 0.80)])
    assert life.alerts()[-1][3] == "waiting"


def test_rules_are_added_changed_and_deleted_and_what_they_told_stays(life: Watched) -> None:
    first, second = life.add(), life.add(target="json://user:secret@localhost/hook")
    assert "secret" not in repr(life.book.rules())
    assert life.book.change(second, 1, LIKELY.model_copy(update={"name": "other"}), life.now_ms) == 2
    life.ledger.append([says(0, 0.70), says(1, 0.80)])
    life.book.delete(first, life.now_ms)
    assert [stored.rule.name for stored in life.book.rules() if stored.rule] == ["other"]
    assert [alert[0] for alert in life.alerts()] == [first, second]
    life.book.delete(second, life.now_ms)
    assert life.add() == 3
    with pytest.raises(InvalidRequest, match="no rule 2 any more"):
        life.book.silence(second, 0, life.now_ms)


def test_a_change_makes_a_version_that_alerts_name_and_what_was_stays(life: Watched) -> None:
    rule = life.add()
    life.ledger.append([says(0, 0.70), says(1, 0.80)])
    higher = LIKELY.model_copy(update={"condition": SignalSays(above_usual=0.15)})
    assert life.book.change(rule, 1, higher, life.now_ms) == 2
    assert life.book.change(rule, 2, higher, life.now_ms) == 2, "nothing is different"
    life.ledger.append([says(2, 0.90), says(3, 0.80), says(4, 0.90)])
    assert [record.alert.rule_version for record in newest_alerts(life.ledger.database, 9)] == [2, 1]
    [stored] = life.book.rules()
    assert (stored.version, stored.before) == (2, [Version(1, LIKELY, life.now_ms)])
    with pytest.raises(InvalidRequest, match=r"at version 2.*changed version 1"):
        life.book.change(rule, 1, LIKELY, life.now_ms)


def test_a_state_that_another_process_wrote_of_an_older_version_counts_no_more(life: Watched) -> None:
    rule = life.add()
    life.ledger.append([says(0, 0.70)])
    life.book.change(rule, 1, LIKELY.model_copy(update={"name": "other"}), life.now_ms)
    late = {"rule_id": rule, "symbol": "BTCUSDT", "timeframe": "15m", "state": "normal", "fired": False, "candles": 0}
    with life.ledger.database.writing() as connection:
        connection.execute(insert(alert_states).values(late | {"candle_open_ms": 0, "since_ms": 0, "rule_version": 1}))
    life.ledger.append([says(1, 0.80)])
    assert life.alerts() == []
    assert life.book.rules()[0].states == {State.FIRING: 1}


def test_where_a_rule_sends_is_changed_without_a_version_and_a_copy_of_it_sends_there_too(life: Watched) -> None:
    rule = life.add()
    life.book.change(rule, 1, LIKELY, life.now_ms, Destination("json://someone:hush@localhost/hook"))
    copy = life.book.duplicate(rule, life.now_ms)
    first, second = life.book.rules()
    assert (first.version, first.target) == (1, second.target)
    assert (second.id, second.enabled, second.rule and second.rule.name) == (copy, False, "likely (copy)")
    with pytest.raises(InvalidRequest, match="Nothing is sent to"):
        life.book.change(rule, 1, LIKELY, life.now_ms, Destination("syslog://hush"))
    assert life.book.rules()[0].target == first.target
    life.book.change(rule, 1, LIKELY, life.now_ms, Destination(None))
    assert life.book.rules()[0].target is None
    assert "hush" not in repr(Destination("json://hush"))


def test_a_rule_that_somebody_has_damaged_is_passed_over_and_the_others_go_on(life: Watched) -> None:
    broken = life.add()
    life.add()
    with life.ledger.database.writing() as connection:
        connection.execute(update(alert_rules).where(alert_rules.c.id == broken).values(rule="{"))
    assert life.ledger.append([says(0, 0.70), says(1, 0.80)]) == 2
    assert [alert[0] for alert in life.alerts()] == [2]
    assert [stored.rule is None for stored in life.book.rules()] == [True, False]


def test_how_a_rule_stands_is_forgotten_where_somebody_has_damaged_it_and_the_others_go_on(life: Watched) -> None:
    broken = life.add()
    life.add()
    life.ledger.append([says(0, 0.70)])
    with life.ledger.database.writing() as connection:
        connection.execute(update(alert_states).where(alert_states.c.rule_id == broken).values(state="asleep"))
    life.ledger.append([says(1, 0.80)])
    assert [alert[0] for alert in life.alerts()] == [2]
    life.ledger.append([says(2, 0.70), says(3, 0.80)])
    assert [alert[0] for alert in life.alerts()] == [2, 1, 2]


def test_what_fails_beside_the_ledger_does_not_keep_it_from_being_written(
    life: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    life.add()
    monkeypatch.setattr(Rule, "covers", lambda *_: 1 / 0)
    assert life.ledger.append([says(0, 0.70)]) == 1
    assert "could not be worked out" in caplog.text
    assert life.alerts() == []


def test_two_processes_that_write_the_same_signals_make_one_alert(life: Watched) -> None:
    life.add(LIKELY.model_copy(update={"condition": SignalSays(move_at_least=0.75)}))
    other = Ledger.open(life.place, life.ledger._beside)
    for number, move in enumerate((0.70, 0.80, 0.80)):
        assert [each.append([says(number, move)]) for each in (life.ledger, other)] == [1, 0]
    other.close()
    assert life.alerts() == [FIRED]
