"""A choice is the reader's: what the address turns a widget to, or what the browser still held of before, is none."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    """Two fields at what the address says, which write what is chosen into it."""
    import streamlit as st

    from pages.components.shared.address import ask, choose, widget_at

    asked = st.query_params.get("origin", "live")
    choose("Origin", ("live", "replayed"), asked, "origin", str, lambda choice: ask("origin", choice))
    typed = widget_at("typed", st.query_params.get("search", ""))
    st.text_input("Search", typed.default, key=typed.key, on_change=typed.on_change(lambda text: ask("search", text)))


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


def test_what_is_chosen_goes_into_the_address_and_the_widget_stays_the_same() -> None:
    app = opened()
    keys = [each.key for each in (*app.segmented_control, *app.text_input)]
    app.segmented_control[0].set_value("replayed")
    app.text_input[0].set_value("eth").run()
    assert (app.query_params["origin"], app.query_params["search"]) == ("replayed", "eth")
    assert at(app) == ("replayed", "eth")
    app.run()
    assert keys == [each.key for each in (*app.segmented_control, *app.text_input)]


def test_what_the_address_turns_to_is_shown() -> None:
    app = opened(origin="replayed", search="eth")
    assert at(app) == ("replayed", "eth")
    go(app, origin="live", search="")
    assert at(app) == ("live", "")
    go(app, origin="replayed", search="eth")
    assert at(app) == ("replayed", "eth")


def test_what_a_browser_held_before_a_run_that_it_never_drew_is_no_choice() -> None:
    app = opened(origin="live", search="btc")
    drawn = app._tree
    for each in (*app.segmented_control, *app.text_input):
        each.set_value(each.value)  # as the browser holds it, whatever the server holds by then
    go(app, origin="replayed", search="eth")
    app._tree = drawn  # it was overtaken: the next run is told what stood there before it
    go(app, origin="replayed", search="eth")
    assert (app.query_params["origin"], app.query_params["search"]) == ("replayed", "eth")
    assert at(app) == ("replayed", "eth")
