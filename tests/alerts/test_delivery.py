"""What waits is delivered once, together, in time, and visibly given up; a real server receives it through Apprise."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.alerts.delivery import Delivery
from core.alerts.lately import recent_notices
from core.alerts.outbox import Outbox
from core.alerts.rules import QuietHours
from core.alerts.sending import Fate, Refused, Sent, Unclear, _fate_of, send
from core.alerts.statuses import BACKOFF_MS, LEASE_MS, Status
from core.alerts.tables import alerts
from core.alerts.told import alerts_after, newest_alerts
from core.alerts.trying import send_test
from core.domain import Timeframe
from core.errors import CandorError
from core.wording.alerts import alert_title
from tests.alerts.receiver import Receiver, Service, receiving, receiving_mail, serving
from tests.alerts.watched import LIKELY, NOW, USUAL, Watched, says
from tests.journal.made_entries import model, outcome


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver(server: Receiver) -> Receiver:
    server.got.clear()
    server.answers.clear()
    return server


NOON = datetime(2025, 9, 3, 12, tzinfo=UTC)
QUARTER_PAST_NOON = datetime(2025, 9, 3, 12, 15, tzinfo=UTC)


def delivery(life: Watched, send_by=send) -> Delivery:
    return Delivery(Outbox(life.ledger.database), "simulated", life.clock.now, send_by)


def fire(life: Watched, number: int) -> None:
    """Both coins change into the rule on the candle that is so many after noon."""
    coins = "BTCUSDT", "ETHUSDT"
    life.market.advance(timedelta(minutes=15 * number) - (life.market.now() - QUARTER_PAST_NOON))
    life.ledger.append([says(number - 1, 0.70, symbol=coin) for coin in coins])
    life.ledger.append([says(number, 0.80, symbol=coin) for coin in coins])


def later(life: Watched, by: timedelta = timedelta(seconds=4)) -> None:
    life.clock.advance(by)


def statuses(life: Watched) -> set[str]:
    return {alert[3] for alert in life.alerts()}


@pytest.mark.slow
def test_alerts_of_one_candle_close_come_as_one_message_that_names_them_and_whose_prices_they_are(
    life: Watched, receiver: Receiver
) -> None:
    life.add(target=receiver.address)
    fire(life, 1)
    sends = delivery(life)
    assert sends.deliver_due() == 0
    later(life)
    assert (sends.deliver_due(), sends.deliver_due()) == (1, 0)
    [message] = receiver.got
    assert message["title"] == "[simulated prices] likely: 15m 12:30 UTC, 2 coins"
    assert message["message"].splitlines() == [
        "BTC 15m: P(move) 80%, usually 70%; side unclear; trusted (12:30 UTC, alert 1-5)",
        "ETH 15m: P(move) 80%, usually 70%; side unclear; trusted (12:30 UTC, alert 1-6)",
    ]
    assert not message.get("attachments")
    assert statuses(life) == {"delivered"}


@pytest.mark.slow
def test_alerts_of_one_close_that_come_a_little_later_are_told_with_the_first_and_so_are_other_timeframes(
    life: Watched, receiver: Receiver
) -> None:
    life.ledger.append([model(timeframe="1h", **USUAL)])
    life.add(target=receiver.address)
    life.market.set(NOON)
    before, at_noon = says(-2, 0.7), says(-1, 0.8)
    life.ledger.append([before, replace(before, symbol="ETHUSDT"), says(-2, 0.7, timeframe=Timeframe.H1)])
    life.ledger.append([at_noon])
    later(life, timedelta(seconds=2))
    life.ledger.append([replace(at_noon, symbol="ETHUSDT"), says(-1, 0.8, timeframe=Timeframe.H1)])
    later(life, timedelta(seconds=2))
    assert delivery(life).deliver_due() == 1
    assert receiver.titles() == ["[simulated prices] likely: 15m, 1h 12:00 UTC, 2 coins"]


@pytest.mark.slow
def test_what_pages_alone_show_is_told_to_them_as_it_would_be_sent(life: Watched) -> None:
    quiet = QuietHours(begins=15 * 60 + 30, ends=15 * 60 + 40)
    rule = life.add(LIKELY.model_copy(update={"most_an_hour": 2, "quiet": quiet}))
    sends = delivery(life, lambda *_: pytest.fail("sent"))

    def titles() -> list[str]:
        return [alert_title(each.message) for each in recent_notices(life.ledger.database, "simulated", life.now_ms)]

    fire(life, 1)
    assert titles() == []
    later(life)
    sends.deliver_due()
    assert statuses(life) == {"shown"}
    assert titles() == ["[simulated prices] likely: 15m 12:30 UTC, 2 coins"]
    life.clock.set(NOW.replace(minute=31))
    fire(life, 3)
    later(life)
    sends.deliver_due()
    assert titles() == []
    life.clock.set(NOW.replace(minute=40))
    sends.deliver_due()
    [notice] = recent_notices(life.ledger.database, "simulated", life.now_ms)
    assert (notice.message.held, notice.id) == (True, f"{rule}-{life.now_ms}")
    fire(life, 5)
    later(life)
    sends.deliver_due()
    assert len(titles()) == 1, "two messages an hour are enough"
    later(life, timedelta(minutes=3))
    assert titles() == []


@pytest.mark.slow
def test_a_silenced_alert_is_told_to_no_page_and_one_that_is_tried_again_once(life: Watched) -> None:
    silenced = life.add()
    life.add(target="json://127.0.0.1/hook")
    life.book.silence(silenced, life.now_ms + 60_000, life.now_ms)
    fire(life, 1)
    sends = delivery(life, lambda *_: Refused("http_500"))
    later(life)
    sends.deliver_due()
    [first] = recent_notices(life.ledger.database, "simulated", life.now_ms)
    later(life, timedelta(seconds=10))
    sends.deliver_due()
    assert recent_notices(life.ledger.database, "simulated", life.now_ms) == (first,)


@pytest.mark.slow
def test_what_a_server_refuses_is_tried_again_as_late_as_it_asks_and_arrives_once(
    life: Watched, receiver: Receiver
) -> None:
    life.add(target=receiver.address)
    fire(life, 1)
    receiver.answers = [(429, {"Retry-After": "90"}), (503, {})]
    sends = delivery(life)
    later(life)
    sends.deliver_due()
    later(life, timedelta(seconds=89))
    sends.deliver_due()
    assert len(receiver.got) == 1
    later(life, timedelta(seconds=1))
    sends.deliver_due()
    assert [record.error for record in newest_alerts(life.ledger.database, 9)] == ["http_503"] * 2
    later(life, timedelta(milliseconds=BACKOFF_MS[1]))
    sends.deliver_due()
    later(life, timedelta(days=1))
    sends.deliver_due()
    assert len(receiver.got) == 3
    assert statuses(life) == {"delivered"}


@pytest.mark.slow
def test_what_is_refused_again_and_again_is_given_up_with_its_reason(life: Watched) -> None:
    life.add(target="json://127.0.0.1/hook")
    fire(life, 1)
    sends = delivery(life, lambda *_: Refused("http_500"))
    for _ in range(len(BACKOFF_MS) + 3):
        later(life, timedelta(hours=2))
        sends.deliver_due()
    records = newest_alerts(life.ledger.database, 9)
    assert {(each.status, each.error, each.attempts) for each in records} == {
        (Status.GIVEN_UP, "http_500", len(BACKOFF_MS) + 1)
    }


@pytest.mark.slow
def test_messages_are_counted_by_what_became_of_them(life: Watched, receiver: Receiver) -> None:
    life.add(target=receiver.address)
    fire(life, 1)
    receiver.answers = [(500, {})]
    sends = delivery(life)
    for _ in range(2):
        later(life, timedelta(hours=1))
        sends.deliver_due()
    assert sends.fates == {"refused": 1, "sent": 1}


def test_what_may_have_arrived_is_never_sent_again(life: Watched, receiver: Receiver) -> None:
    life.add(target=receiver.address)
    fire(life, 1)
    receiver.answers = [(0, {})]
    sends = delivery(life)
    for _ in range(3):
        later(life, timedelta(hours=1))
        sends.deliver_due()
    assert len(receiver.got) == 1
    assert statuses(life) == {"unknown"}


def test_what_a_dying_process_was_sending_is_never_sent_again(life: Watched) -> None:
    life.add(target="json://127.0.0.1/hook")
    fire(life, 1)
    later(life)
    assert Outbox(life.ledger.database).claim(life.now_ms) is not None
    sent: list[str] = []
    restarted = delivery(life, lambda *message: sent.append(message[1]) or Sent())
    restarted.deliver_due()
    assert statuses(life) == {"sending"}
    later(life, timedelta(milliseconds=LEASE_MS))
    restarted.deliver_due()
    assert (sent, statuses(life)) == ([], {"unknown"})


@pytest.mark.slow
def test_two_replicas_send_each_alert_once(life: Watched) -> None:
    life.add(target="json://127.0.0.1/hook")
    sent: list[str] = []

    def send_beside_the_other(address: str, title: str, body: str) -> Fate:
        sent.append(body)
        assert delivery(life, lambda *_: sent.append("twice") or Sent()).deliver_due() == 0
        return Sent()

    for number in (1, 3, 5):
        fire(life, number)
        later(life)
        delivery(life, send_beside_the_other).deliver_due()
    assert len(sent) == 3
    assert len({line.rpartition("alert ")[2] for body in sent for line in body.splitlines()}) == 6


def test_what_became_of_a_message_is_entered_once_the_ledger_can_be_written_and_it_is_not_sent_again(
    life: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.add(target="json://127.0.0.1/hook")
    fire(life, 1)
    later(life)
    sent: list[str] = []
    sends = delivery(life, lambda *message: sent.append(message[1]) or Sent())

    def fail(*_: object) -> None:
        raise CandorError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "finish", fail)
        with pytest.raises(CandorError):
            sends.deliver_due()
    sends.deliver_due()
    assert (len(sent), statuses(life)) == (1, {"delivered"})


@pytest.mark.slow
def test_quiet_hours_hold_and_then_sum_up_and_lose_nothing(life: Watched, receiver: Receiver) -> None:
    quiet = QuietHours(begins=15 * 60, ends=15 * 60 + 30)
    life.add(LIKELY.model_copy(update={"quiet": quiet}), receiver.address)
    sends = delivery(life)
    for number in (1, 3):
        fire(life, number)
        later(life)
        sends.deliver_due()
    assert receiver.got == []
    later(life, timedelta(minutes=30))
    sends.deliver_due()
    assert receiver.titles() == ["[simulated prices] likely: 4 alerts of 2 candle closes while messages were held"]
    assert statuses(life) == {"delivered"}


@pytest.mark.slow
def test_no_more_messages_go_out_than_an_hour_may_bring_and_what_is_too_much_comes_together(
    life: Watched, receiver: Receiver
) -> None:
    life.add(LIKELY.model_copy(update={"most_an_hour": 1}), receiver.address)
    sends = delivery(life)
    for number in (1, 3, 5):
        fire(life, number)
        later(life)
        sends.deliver_due()
    assert len(receiver.got) == 1
    later(life, timedelta(minutes=59, seconds=50))
    sends.deliver_due()
    later(life, timedelta(seconds=20))
    sends.deliver_due()
    assert len(receiver.got) == 2
    assert "4 alerts of 2 candle closes" in receiver.titles()[1]


def test_what_is_held_is_looked_at_again_once_its_rule_holds_it_no_longer(life: Watched, receiver: Receiver) -> None:
    now = life.clock.now()
    quiet = QuietHours(begins=now.hour * 60, ends=now.hour * 60 + 59)
    rule = life.add(LIKELY.model_copy(update={"quiet": quiet, "most_an_hour": 1}), receiver.address)
    fire(life, 1)
    later(life)
    assert delivery(life).deliver_due() == 0
    life.book.change(rule, 1, LIKELY, life.now_ms)
    assert delivery(life).deliver_due() == 1
    assert len(receiver.got) == 1


def test_a_clock_that_was_a_day_ahead_holds_nothing_back_once_it_is_right(life: Watched, receiver: Receiver) -> None:
    life.add(LIKELY.model_copy(update={"most_an_hour": 1}), receiver.address)
    later(life, timedelta(days=1))
    fire(life, 1)
    later(life)
    assert delivery(life).deliver_due() == 1
    fire(life, 3)
    life.clock.advance(-timedelta(days=1))
    fire(life, 5)
    later(life)
    assert delivery(life).deliver_due() == 1
    assert "2 candle closes" in receiver.titles()[1]


@pytest.mark.parametrize("asked", ["9" * 400, "1e5", "-1"])
def test_however_long_a_server_asks_to_be_left_alone_it_is_tried_again_within_the_longest_pause(
    life: Watched, receiver: Receiver, asked: str
) -> None:
    life.add(target=receiver.address)
    fire(life, 1)
    receiver.answers = [(429, {"Retry-After": asked})]
    later(life)
    assert delivery(life).deliver_due() == 1
    later(life, timedelta(hours=1))
    assert delivery(life).deliver_due() == 1
    assert len(receiver.got) == 2


def test_what_should_have_been_sent_a_minute_ago_is_counted(life: Watched) -> None:
    life.add(target="json://127.0.0.1/a")
    fire(life, 1)
    later(life, timedelta(seconds=60))
    assert delivery(life).overdue() == 0
    later(life, timedelta(seconds=10))
    assert delivery(life).overdue() == 2


def test_a_fate_that_cannot_be_entered_keeps_no_other_message_from_being_sent(life: Watched) -> None:
    for number in range(2):
        life.add(target=f"json://127.0.0.1/{number}")
    fire(life, 1)
    later(life)
    assert delivery(life, lambda *_: Refused("refused", math.inf)).deliver_due() == 2
    assert statuses(life) == {"unknown"}


def test_what_waits_is_silenced_with_its_rule_and_given_up_without_it(life: Watched) -> None:
    first, second = life.add(target="json://127.0.0.1/a"), life.add(target="json://127.0.0.1/b")
    fire(life, 1)
    life.book.silence(first, life.now_ms + 600_000, life.now_ms)
    life.book.delete(second, life.now_ms)
    later(life)
    assert delivery(life, lambda *_: pytest.fail("sent")).deliver_due() == 0
    assert {(alert[0], alert[3]) for alert in life.alerts()} == {(first, "silenced"), (second, "given_up")}


UNREADABLE_SIGNALS = (
    "not json",
    "7",
    "[]",
    '{"move": "high", "usual": null, "side": null, "side_share": null, "verdict": "trusted"}',
    '{"move": 0.8, "usual": null, "side": "up", "side_share": 0.6, "verdict": "trusted"}',
    '{"move": 0.8, "usual": null, "side": null, "side_share": null, "verdict": "trusted", "touch": {"barrier": "third"}}',
)


@pytest.mark.slow
@pytest.mark.parametrize("signal_json", UNREADABLE_SIGNALS)
def test_an_alert_of_which_somebody_made_something_else_is_given_up_and_keeps_no_other_from_being_sent(
    life: Watched, signal_json: str
) -> None:
    spoilt = life.add(target="json://127.0.0.1/a")
    life.add(target="json://127.0.0.1/b")
    life.add()
    fire(life, 1)
    change_alert(life, spoilt, 5, said=signal_json)
    change_alert(life, 3, 6, said=signal_json)
    later(life)
    sent: list[str] = []
    assert delivery(life, lambda *message: sent.append(message[2]) or Sent()).deliver_due() == 2
    assert ["1-5" in body or "3-6" in body for body in sent] == [False, False]
    fates = {each.alert.name: (each.status, each.error) for each in newest_alerts(life.ledger.database, 9)}
    given_up, delivered, shown = (Status.GIVEN_UP, "unreadable"), (Status.DELIVERED, None), (Status.SHOWN, None)
    assert fates == {
        "1-5": given_up,
        "1-6": delivered,
        "2-5": delivered,
        "2-6": delivered,
        "3-5": shown,
        "3-6": given_up,
    }


def change_alert(life: Watched, rule: int, seq: int, **values: object) -> None:
    with life.ledger.database.writing() as connection:
        connection.execute(update(alerts).where(alerts.c.rule_id == rule, alerts.c.seq == seq).values(**values))


@pytest.mark.slow
def test_what_was_told_already_and_changed_then_hides_nothing_else_of_the_history(life: Watched) -> None:
    life.add()
    fire(life, 1)
    later(life)
    delivery(life).deliver_due()
    change_alert(life, 1, 5, said="{")
    records, after = alerts_after(life.ledger.database, 0, 2)
    assert [(each.alert.name, each.alert.signal is None, each.status, each.error) for each in records] == [
        ("1-5", True, Status.SHOWN, "unreadable"),
        ("1-6", False, Status.SHOWN, None),
    ]
    assert after == 6
    [notice] = recent_notices(life.ledger.database, "simulated", life.now_ms)
    assert [alert.name for alert in notice.message.alerts] == ["1-6"]
    change_alert(life, 1, 6, timeframe="7m")
    assert recent_notices(life.ledger.database, "simulated", life.now_ms) == ()
    assert [each.alert.name for each in newest_alerts(life.ledger.database, 9)] == ["1-5"]
    assert alerts_after(life.ledger.database, 0, 2)[1] == 6, "nobody who goes on asks for it again"


@pytest.mark.slow
def test_a_secret_is_in_no_log_and_no_list(life: Watched, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="core")
    caplog.set_level(logging.INFO)
    rule = life.add(target=receiver.address)
    fire(life, 1)
    receiver.answers = [(500, {})]
    later(life)
    delivery(life).deliver_due()
    receiver.answers = [(401, {})]
    assert send_test(life.ledger.database, rule) == Refused("http_401")
    assert "hush" not in caplog.text + repr(life.book.rules()) + repr(newest_alerts(life.ledger.database, 9))
    [stored] = life.book.rules()
    assert stored.target is not None
    assert stored.target.startswith("json · ")


def test_a_test_arrives_and_says_that_it_is_one(life: Watched, receiver: Receiver) -> None:
    rule = life.add(target=receiver.address)
    assert send_test(life.ledger.database, rule) == Sent()
    assert receiver.titles() == ["Test of likely"]
    assert send_test(life.ledger.database, life.add()) is None


def test_nobody_at_the_address_is_not_reached_and_no_address_is_unusable(receiver: Receiver) -> None:
    assert send("json://127.0.0.1:1/hook", "title", "body") == Refused("not_reached")
    assert send("nothing", "title", "body") == Refused("unusable")
    receiver.answers = [(0, {})]
    assert send(receiver.address, "title", "body") == Unclear("no_answer")
    receiver.answers = [(302, {"Location": "http://127.0.0.1:1/"})]
    assert send(receiver.address, "title", "body") == Refused("http_302")


TELEGRAM_ANSWERS = {
    "getUpdates": [
        (200, {"ok": True, "result": [{"message": {"from": {"id": 7, "username": "me"}, "chat": {"id": 7}}}]})
    ],
}
MATRIX_ANSWERS = {
    "/login": [(200, {"access_token": "t", "home_server": "localhost", "user_id": "@me:localhost"})],
    "/join/": [(200, {"room_id": "!room:localhost"})],
    "/joined_rooms": [(200, {"joined_rooms": ["!room:localhost"]})],
}


def telegram(service: Service, monkeypatch: pytest.MonkeyPatch, *chats: str) -> str:
    from apprise.plugins.telegram import NotifyTelegram

    monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{service.port}/bot")
    return f"tgram://123456789:abcdefghijklmnopqrstuvwxyz/{'/'.join(chats)}"


@pytest.mark.usefixtures("hasty")
def test_what_telegram_refuses_after_it_was_asked_for_the_chat_did_not_go_out_and_is_tried_again_when_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait = {"ok": False, "error_code": 429, "parameters": {"retry_after": 35}}
    with serving(TELEGRAM_ANSWERS | {"sendMessage": [(429, wait), (200, {"ok": True})]}) as service:
        address = telegram(service, monkeypatch)
        assert send(address, "title", "body") == Refused("http_429", 35)
        assert send(address, "title", "body") == Sent()
        assert [path.rpartition("/")[2] for path in service.asked] == ["getUpdates", "sendMessage"] * 2


@pytest.mark.usefixtures("hasty")
def test_what_one_of_two_chats_has_or_may_have_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"sendMessage": [(200, {"ok": True}), (429, {}), (0, {}), (429, {}), (504, {})]}) as service:
        address = telegram(service, monkeypatch, "1", "2")
        assert send(address, "title", "body") == Unclear("partly")
        assert send(address, "title", "body") == Unclear("no_answer")
        assert send(address, "title", "body") == Unclear("no_answer")


@pytest.mark.usefixtures("hasty")
def test_a_login_is_no_message_whether_it_is_answered_or_not() -> None:
    sent = {"/send/": [(429, {"retry_after_ms": 5000})]}
    with serving(MATRIX_ANSWERS | sent) as service:
        assert send(f"matrix://me:hush@127.0.0.1:{service.port}/#room", "title", "body") == Refused("http_429", 5)
        assert any("/login" in path for path in service.asked)
    with serving(MATRIX_ANSWERS | {"/send/": [(200, {"event_id": "$1"})]}) as service:
        assert send(f"matrix://me:hush@127.0.0.1:{service.port}/#room", "title", "body") == Sent()
    with serving({"/login": [(0, {})]}) as service:
        assert isinstance(send(f"matrix://me:hush@127.0.0.1:{service.port}/#room", "title", "body"), Refused)
    with serving(MATRIX_ANSWERS | {"/send/": [(0, {})]}) as service:
        assert send(f"matrix://me:hush@127.0.0.1:{service.port}/#room", "title", "body") == Unclear("no_answer")


@pytest.mark.usefixtures("hasty")
def test_what_slack_says_it_did_not_take_is_tried_again_whatever_was_looked_up_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from apprise.plugins.slack import NotifySlack

    answers = {
        "users.lookupByEmail": [(200, {"ok": True, "user": {"id": "U123ABC456"}})],
        "chat.postMessage": [(429, {}), (200, {"ok": False, "error": "ratelimited"}), (200, {"ok": True})],
    }
    with serving(answers) as service:
        monkeypatch.setattr(NotifySlack, "api_url", f"http://127.0.0.1:{service.port}/api/{{}}")
        address = "slack://xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d/me@example.com"
        assert send(address, "title", "body") == Refused("http_429")
        assert send(address, "title", "body") == Refused("refused")
        assert send(address, "title", "body") == Sent()
        assert any("lookupByEmail" in path for path in service.asked)


def mail(port: int, *to: str) -> str:
    return f"mailto://127.0.0.1:{port}/?from=candor@example.com&to={','.join(to)}"


@pytest.mark.slow
def test_mail_that_one_of_two_took_or_that_was_handed_over_and_never_confirmed_may_have_arrived() -> None:
    with receiving_mail(refused="b@example.com") as (port, taken):
        assert send(mail(port, "a@example.com"), "title", "body") == Sent()
        assert send(mail(port, "b@example.com"), "title", "body") == Refused("refused")
        assert send(mail(port, "a@example.com", "b@example.com"), "title", "body") == Unclear("partly")
        assert [each.to for each in taken] == ["a@example.com", "a@example.com"]
    with receiving_mail(hangs_up=True) as (port, taken):
        assert send(mail(port, "a@example.com"), "title", "body") == Unclear("no_answer")
        assert [each.to for each in taken] == ["a@example.com"]
    assert send(mail(port, "a@example.com"), "title", "body") == Refused("refused")


def test_an_answer_that_never_came_is_not_forgotten_over_a_later_refusal() -> None:
    assert _fate_of([Unclear("no_answer"), Refused("http_500")]) == Unclear("no_answer")
    assert _fate_of([Sent(), Refused("http_429", 9)]) == Unclear("partly")
    assert _fate_of([Refused("http_500"), Refused("http_429", 9)]) == Refused("http_429", 9)
    assert _fate_of([Refused("http_429", 9), Refused("http_500")]) == Refused("http_429", 9)


def test_the_history_goes_on_where_it_was_left_and_says_what_became_of_the_signal(life: Watched) -> None:
    for _ in range(3):
        life.add()
    fire(life, 1)
    with life.ledger.database.reading() as connection:
        first, second = connection.execute(select(alerts.c.seq).distinct().order_by(alerts.c.seq)).scalars()
    life.ledger.append([outcome(first)])
    records, after = alerts_after(life.ledger.database, 0, 2)
    assert [(each.alert.name, each.touched) for each in records] == [(f"{rule}-{first}", "upper") for rule in (1, 2, 3)]
    rest, end = alerts_after(life.ledger.database, after, 100)
    assert [each.alert.name for each in rest] == [f"{rule}-{second}" for rule in (1, 2, 3)]
    assert {each.touched for each in rest} == {None}
    assert alerts_after(life.ledger.database, end, 100) == ([], end)
