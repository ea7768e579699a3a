"""The page of alerts as Streamlit runs it: a rule is seen before it is switched on, and told, silenced and deleted after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.alerts.book import RuleBook
from core.alerts.rules import FeedSilent, Rule
from core.roles import Part, Role
from tests.journal.small_life import SmallLife
from tests.pages.coin_page import texts_on
from tests.pages.conftest import OpenOn
from tests.waiting import until


@pytest.fixture
def page(open_on: OpenOn, recorded_life: SmallLife) -> Iterator[AppTest]:
    page = open_on(recorded_life).switch_page("alerts.py").run()
    yield page
    assert not page.exception


def press(page: AppTest, label: str) -> None:
    """Press a button, once the page has read what there is behind it."""
    until(lambda: label in [button.label for button in page.button] or not page.run())
    next(button for button in page.button if button.label == label).click().run()


def field(boxes: Iterable[Any], label: str) -> Any:
    return next(box for box in boxes if box.label == label)


@pytest.mark.slow
def test_a_rule_is_switched_on_as_it_was_shown_and_what_was_typed_is_there_again(page: AppTest) -> None:
    press(page, "Show what it would have sent")
    page.text_input(key="alert_name").input("moves")
    press(page, "Show what it would have sent")
    until(lambda: "Switch it on" in [button.label for button in page.run().button])
    field(page.number_input, "above usual by, points").set_value(15).run()
    assert "The form has changed: show again what it would have sent" in texts_on(page)
    assert "Switch it on" not in [button.label for button in page.button]
    page.switch_page("method.py").run()
    page.switch_page("alerts.py").run()
    assert "The form has changed" in texts_on(page)
    assert field(page.text_input, "Name").value == "moves"
    field(page.number_input, "above usual by, points").set_value(5).run()
    until(lambda: "Switch it on" in [button.label for button in page.run().button])


@pytest.mark.slow
def test_a_rule_is_made_seen_switched_on_silenced_and_deleted(page: AppTest, recorded_life: SmallLife) -> None:
    until(lambda: "There is no rule yet" in texts_on(page.run()))
    assert "No alert yet" in texts_on(page)
    press(page, "Show what it would have sent")
    assert "**Signals** would have sent" in texts_on(page), "one without a name is called by its kind"
    page.text_input(key="alert_name").input("likely [moves](x)")
    next(box for box in page.checkbox if box.label == "Timing proven").uncheck()
    press(page, "Show what it would have sent")
    until(lambda: "signals, of" in texts_on(page.run()))
    assert "live · simulated prices" in texts_on(page)
    assert "replayed · simulated prices" in texts_on(page)
    page.text_input(key="alert_target").input("syslog://hush")
    press(page, "Switch it on")
    assert [error.value for error in page.error] != []
    assert any("Nothing is sent to" in error.value for error in page.run().error), "it stays until the next try"
    page.text_input(key="alert_target").input("json://someone:hush@127.0.0.1:1/hook")
    press(page, "Switch it on")
    until(lambda: "likely" in texts_on(page.run()) and "There is no rule" not in texts_on(page))
    opened = recorded_life.application.recorder.opened()
    assert opened is not None
    assert opened.ledger is not None
    book = RuleBook(opened.ledger.database)
    [stored] = book.rules()
    assert stored.target is not None
    assert stored.target in texts_on(page).replace("\\", "")
    assert "hush" not in texts_on(page)
    press(page, "Change")
    until(lambda: "This changes rule 1, version 1" in texts_on(page.run()))
    assert page.text_input(key="alert_name_2").value == "likely [moves](x)"
    page.number_input(key="alert_above_usual_2").set_value(8)
    press(page, "Show what it would have sent")
    press(page, "Save as version 2")
    until(lambda: "version 2" in texts_on(page.run()))
    [changed] = book.rules()
    assert (changed.version, changed.target) == (2, stored.target)
    assert "P(move) above usual by 8" in texts_on(page)
    assert any("Version 1, until" in caption.value for caption in page.caption)
    press(page, "Duplicate")
    until(lambda: "(copy)" in texts_on(page.run()).replace("\\", ""))
    assert [(each.enabled, each.target) for each in book.rules()] == [(True, stored.target), (False, stored.target)]
    book.delete(2, 0)
    press(page, "Send a test")
    assert any("cannot be reached" in toast.value for toast in page.toast)
    press(page, "8 hours")
    until(lambda: "silenced until" in texts_on(page.run()))
    press(page, "End the silence")
    press(page, "Switch off")
    until(lambda: "Not looked at" in texts_on(page.run()))
    assert not book.rules()[0].enabled
    press(page, "Delete this rule")
    until(lambda: "There is no rule yet" in texts_on(page.run()))


@pytest.mark.slow
def test_where_nothing_is_recorded_rules_are_shown_and_cannot_be_changed(
    page: AppTest, recorded_life: SmallLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = recorded_life.application.recorder.opened()
    assert opened is not None
    assert opened.ledger is not None
    book = RuleBook(opened.ledger.database)
    rule_id = book.add(Rule(name="a quiet feed", condition=FeedSilent()), None, 1)
    monkeypatch.setattr(recorded_life.application.recorder, "part", lambda: Part(Role.FACE))
    until(lambda: "a quiet feed" in texts_on(page.run()))
    assert "Rules are made and changed on the feeder that leads" in texts_on(page)
    assert not {"Switch off", "1 hour", "Delete this rule"} & {button.label for button in page.button}
    assert "New rule" not in texts_on(page)
    assert "alert_name" not in [box.key for box in page.text_input]
    book.delete(rule_id, 0)
