"""A message is as long as its service takes and in its format, goes where its address says alone, and no log names that."""

from __future__ import annotations

import json
import logging

import pytest

from core.alerts import sending
from core.alerts.delivery import Delivery
from core.alerts.outbox import Outbox
from core.alerts.sending import Refused, Sent, Unclear, send
from core.alerts.targets import SCHEMES, parse_target, service_at
from core.errors import InvalidRequest
from tests.alerts.receiver import breaking_off, dripping, receiving, receiving_mail, serving
from tests.alerts.watched import USUAL, Watched, says
from tests.journal.made_entries import model
from tests.waiting import until

MANY = tuple(f"C{number:02}USDT" for number in range(30))
TWO_LINES = "BTC 15m: P(move) 80% (alert 1-1)\nETH 15m: <two> & more (alert 1-2)"


def fire_many(life: Watched) -> None:
    life.ledger.append([model(symbol=coin, **USUAL) for coin in MANY])
    life.ledger.append([says(-1, 0.70, symbol=coin) for coin in MANY])
    life.ledger.append([says(0, 0.80, symbol=coin) for coin in MANY])


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("plugin", "where", "address", "part", "most"),
    [
        ("discord.NotifyDiscord", "notify_url", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "content", 2000),
        ("telegram.NotifyTelegram", "notify_url", "tgram://123456789:abcdefghijklmnop/12315544", "text", 4096),
    ],
)
def test_a_close_of_many_coins_is_one_message_of_as_many_lines_as_the_service_takes(
    life: Watched, monkeypatch: pytest.MonkeyPatch, plugin: str, where: str, address: str, part: str, most: int
) -> None:
    with serving({"/": [(200, {"ok": True})]}) as service:
        monkeypatch.setattr(f"apprise.plugins.{plugin}.{where}", f"http://127.0.0.1:{service.port}/bot")
        life.add(target=address)
        fire_many(life)
        life.clock.set(life.clock.now().replace(minute=1))
        assert Delivery(Outbox(life.ledger.database), "simulated", life.clock.now).deliver_due() == 1
        assert {alert[3] for alert in life.alerts()} == {"delivered"}
        [text] = [json.loads(body)[part] for body in service.bodies]
    lines = text.splitlines()
    listed = sum("alert 1-" in line for line in lines)
    assert len(text) <= most
    assert listed >= min(30, most // 100), "there was room for a line every hundred characters"
    assert lines[-1] == f"and {30 - listed} more; the page Alerts has them all" or listed == 30


def test_a_service_that_answers_drop_by_drop_is_left_after_a_while_and_hears_of_nothing_until_it_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "DEADLINE_SECONDS", 0.3)
    with dripping() as (port, ends):
        address = f"json://127.0.0.1:{port}/"
        assert send(address, "title", "body") == Unclear("no_answer")
        assert send(address, "title", "body") == Refused("still_answering")
        ends.set()
        until(lambda: send(address, "title", "body") == Sent())


def test_a_message_whose_answer_broke_off_may_have_arrived() -> None:
    with breaking_off() as port:
        assert send(f"json://127.0.0.1:{port}/", "title", "body") == Unclear("no_answer")


def test_of_an_answer_no_more_is_read_than_anybody_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_READ", 10)
    with serving({"/": [(200, {"ok": False, "much": "x" * 100_000})]}) as service:
        assert send(f"json://127.0.0.1:{service.port}/", "title", "body") == Sent(), "its first bytes are no JSON"


def test_mail_keeps_its_lines_and_what_looks_like_a_tag() -> None:
    with receiving_mail() as (port, taken):
        address = parse_target(f"mailto://127.0.0.1:{port}/?from=candor@example.com&to=a@example.com")
        assert send(address, "P < 5 & up", TWO_LINES) == Sent()
    [mail] = taken
    assert [line for line in mail.text.splitlines() if "alert 1-" in line] == TWO_LINES.splitlines()


@pytest.mark.usefixtures("hasty")
def test_what_means_something_in_a_services_own_format_is_only_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": [(200, {"ok": True})]}) as service:
        monkeypatch.setattr(
            "apprise.plugins.telegram.NotifyTelegram.notify_url", f"http://127.0.0.1:{service.port}/bot"
        )
        assert send("tgram://123456789:abcdefghijklmnop/12315544", "<b>a & b", TWO_LINES) == Sent()
        [text] = [json.loads(body)["text"] for body in service.bodies]
    assert text.splitlines() == [
        "<b>&lt;b&gt;a &amp; b</b>",
        *TWO_LINES.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").splitlines(),
    ]


ELSEWHERE = ["?redirect=yes", "?x=1;redirect=yes", "?%72edirect=yes", "?REDIRECT=1", "?a=b#c?redirect=yes"]
FILES = ["?attach=/etc/passwd", "?x=1;attach=file:///etc/passwd", "#room?attach=x", "?%61ttach=x", "?x=1;template=x"]


@pytest.mark.parametrize("options", ELSEWHERE + FILES)
def test_no_way_of_writing_an_option_leads_elsewhere_or_to_a_file(options: str) -> None:
    with pytest.raises(InvalidRequest, match=r"redirect|names a file"):
        parse_target(f"ntfy://127.0.0.1/topic{options}")


def test_a_redirect_is_followed_by_no_address_that_is_kept_already() -> None:
    with receiving() as elsewhere, receiving() as receiver:
        receiver.answers = [(307, {"Location": f"http://127.0.0.1:{elsewhere.port}/hook"})]
        assert send(f"{receiver.address}?redirect=yes", "title", "body") == Refused("http_307")
        assert elsewhere.got == []
    assert "json" in SCHEMES
    assert not service_at("json://127.0.0.1/?redirect=yes").redirects


def test_an_answer_that_is_no_http_leaves_no_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with receiving() as receiver:
        receiver.answers = [(200, {"this is no header\r\nX": "y"})]
        send(f"json://127.0.0.1:{receiver.port}/SECRET-TOKEN?-apikey=hidden", "title", "body")
        assert receiver.titles() == ["title"]
    assert "SECRET" not in caplog.text
    assert logging.getLogger("urllib3.connection").getEffectiveLevel() == logging.ERROR
