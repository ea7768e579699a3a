"""A choice is the reader's: what the address turns a widget to, or what the browser still held of before, is none."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ElementTree


def page() -> None:
    """Two fields at what the address says, which write what is chosen into it."""
    import streamlit as st

    from pages.components.shared.address import ask, ask_together, choose, whole_address, widget_at
    from pages.components.shared.asked_ahead import chosen_at

    address = whole_address()
    asked = address.get("origin", ["live"])[0]
    choose("Origin", ("live", "replayed"), asked, "origin", str, lambda choice: ask("origin", choice))
    typed = widget_at("typed", address.get("search", [""])[0].strip())
    st.text_input("Search", typed.default, key=typed.key, on_change=typed.on_change(lambda text: ask("search", text)))
    level = widget_at("level", address.get("level", ["both"])[0])
    turn = level.on_change(lambda choice: ask("level", choice))
    st.pills("Level", ("both", "one"), default=level.default, key=level.key, on_change=turn)
    st.text(chosen_at())
    st.button("Neither", on_click=ask_together, args=({"origin": "", "search": "", "level": "one"},))


def opened(**address: str) -> AppTest:
    app = AppTest.from_function(page)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def go(app: AppTest, **address: str) -> None:
    """Follow a link, or the browser's history."""
    for name, value in address.items():
        app.query_params[name] = value
    app.run()


def at(app: AppTest) -> tuple[object, str | None]:
    (origin,), (typed,) = app.segmented_control, app.text_input
    return origin.value, typed.value


def held_by_the_browser(app: AppTest) -> ElementTree:
    """What stands there now, as the browser goes on to hold it, whatever the server holds by then."""
    for each in (*app.segmented_control, *app.text_input):
        each.set_value(each.value)
    return app._tree


def keys(app: AppTest) -> list[str | None]:
    return [each.key for each in (*app.segmented_control, *app.text_input, *app.get("button_group"))]


def test_what_is_chosen_goes_into_the_address_and_the_widget_stays_the_same() -> None:
    app = opened()
    there = keys(app)
    app.segmented_control[0].set_value("replayed")
    app.text_input[0].set_value("eth").run()
    assert (app.query_params["origin"], app.query_params["search"]) == ("replayed", "eth")
    assert at(app) == ("replayed", "eth")
    app.run()
    assert keys(app) == there


def test_a_page_knows_where_what_it_shows_was_chosen_until_another_address_is_asked_for() -> None:
    app = opened(origin="replayed")
    assert app.text[0].value == "None"
    app.text_input[0].set_value("eth").run()
    assert app.text[0].value == "origin=replayed"
    go(app, origin="live")
    assert app.text[0].value == "None"


def test_what_is_written_together_is_told_to_the_browser_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one entry of its history, which Back undoes whole."""
    app = opened(origin="replayed", search="eth", other="1")
    told = list[str]()
    tell = ScriptRunContext.enqueue

    def heard(run: ScriptRunContext, message: ForwardMsg) -> None:
        if message.HasField("page_info_changed"):
            told.append(message.page_info_changed.query_string)
        tell(run, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", heard)
    app.button[0].click().run()
    assert told == ["other=1&level=one"]


def test_what_the_address_turns_to_is_shown() -> None:
    app = opened(origin="replayed", search="eth")
    assert at(app) == ("replayed", "eth")
    go(app, origin="live", search="")
    assert at(app) == ("live", "")
    go(app, origin="replayed", search="eth")
    assert at(app) == ("replayed", "eth")


def test_what_a_browser_held_before_a_run_that_it_never_drew_is_no_choice() -> None:
    app = opened(origin="live", search="btc")
    drawn = held_by_the_browser(app)
    go(app, origin="replayed", search="eth")
    app._tree = drawn  # it was overtaken: the next run is told what stood there before it
    go(app, origin="replayed", search="eth")
    assert (app.query_params["origin"], app.query_params["search"]) == ("replayed", "eth")
    assert at(app) == ("replayed", "eth")


def test_what_the_address_reads_otherwise_than_it_was_chosen_leaves_the_widget_as_it_is() -> None:
    app = opened()
    there = keys(app)
    app.text_input[0].set_value("usd ").run()
    app.run()
    assert (keys(app), at(app)[1]) == (there, "usd ")
    app.get("button_group")[1].set_value("one").run()
    app.get("button_group")[1].set_value(None).run()
    assert "level" not in app.query_params
    assert (keys(app), app.get("button_group")[1].value) == (there, "both")


def test_a_second_choice_at_the_address_of_before_the_first_takes_nothing_back() -> None:
    app = opened(other="1")
    app.segmented_control[0].set_value("replayed").run()
    del app.query_params["origin"]  # a browser that has not heard of it yet
    app.text_input[0].set_value("eth").run()
    assert (app.query_params["origin"], app.query_params["search"]) == ("replayed", "eth")
    app.query_params.clear()
    app.query_params["other"] = "1"  # nor of the second
    app.run()
    assert at(app) == ("replayed", "eth")
    go(app, other="2")
    app.query_params.clear()
    app.run()
    assert at(app) == ("live", "")


def test_what_is_handed_in_unchanged_is_no_choice() -> None:
    app = opened()
    app.query_params["origin"] = "replayed"
    app.segmented_control[0].set_value("live").run()
    assert (app.query_params["origin"], at(app)[0]) == ("replayed", "replayed")


def test_what_is_chosen_before_the_way_back_is_drawn_is_a_choice() -> None:
    """The widget that the reader still sees is the one of before Back, and may be turned more than once."""
    app = opened()
    app.segmented_control[0].set_value("replayed")
    app.text_input[0].set_value("eth").run()
    seen = held_by_the_browser(app)
    go(app, origin="live", search="", other="2")
    app._tree = seen
    app.text_input[0].set_value("btc").run()
    assert (app.query_params["search"], at(app)) == ("btc", ("live", "btc"))
    app._tree = seen
    app.text_input[0].set_value("usd").run()
    assert (app.query_params["search"], at(app)) == ("usd", ("live", "usd"))
