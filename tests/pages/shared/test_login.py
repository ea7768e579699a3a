"""Streamlit's login is believed where its cookie is genuine, and of whom it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from core.errors import InvalidRequest
from pages.components.shared.footer import disclosure_html, way_out
from pages.components.shared.login import login_of_secrets, may_enter, user_in

SECRET = "0123456789abcdef0123456789abcdef"
SECRETS = f"""
[auth]
redirect_uri = "https://candor.example/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "candor"
client_secret = "hush"
server_metadata_url = "https://login.example/.well-known/openid-configuration"
"""
ME = {"email": "me@example.com", "is_logged_in": True, "origin": "https://candor.example"}


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[Path]:
    """A secrets.toml that describes a login."""
    file, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    file.write_text(SECRETS)
    secrets_singleton._reset()
    config.set_option("secrets.files", [str(file)])
    yield file
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def cookie(user: dict[str, Any], secret: str = SECRET, name: str = "_streamlit_user") -> Headers:
    value = create_signed_value(secret, name, json.dumps(user)).decode()
    return Headers({"Cookie": f"other=1; _streamlit_user={value}"})


@pytest.mark.usefixtures("secrets")
def test_a_login_is_known_by_its_signed_cookie() -> None:
    assert user_in(cookie(ME))["email"] == "me@example.com"


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    "headers",
    [
        Headers({}),
        Headers({"Cookie": "_streamlit_user=nonsense"}),
        cookie(ME, secret="another secret than that of the server"),
        cookie(ME, name="another_cookie"),
        cookie(ME | {"origin": "https://elsewhere.example"}),
        cookie(ME | {"is_logged_in": False}),
        cookie({"email": "me@example.com"}),
    ],
)
def test_a_cookie_that_is_not_this_servers_logs_nobody_in(headers: Headers) -> None:
    assert user_in(headers) == {}


@pytest.mark.usefixtures("secrets")
def test_an_anonymous_page_is_led_to_the_provider_and_the_way_there_is_open() -> None:
    login = login_of_secrets(("@example.com",))
    assert login is not None
    assert login.address().startswith("/auth/login?provider=")
    assert login.paths == {"/auth/login", "/auth/logout", "/oauth2callback"}
    assert login.is_in(cookie(ME))
    assert not login.is_in(cookie(ME | {"email": "me@elsewhere.example"}))


@pytest.mark.usefixtures("secrets")
def test_who_is_logged_in_and_may_not_enter_is_named_and_finds_the_way_out() -> None:
    login = login_of_secrets(("@example.com",))
    assert login is not None
    assert login.kept_out(cookie(ME | {"email": "me@elsewhere.example"})) == "me@elsewhere.example"
    assert login.kept_out(cookie(ME)) is login.kept_out(Headers({})) is None
    assert login.way_out == "/auth/logout"


def test_without_a_login_in_the_secrets_there_is_none(secrets: Path) -> None:
    secrets.write_text("")
    secrets_singleton._reset()
    assert login_of_secrets(()) is None


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        (SECRETS.replace('client_secret = "hush"', ""), "client_secret"),
        (SECRETS.replace(SECRET, "short"), "cookie_secret"),
    ],
)
def test_a_login_that_cannot_work_ends_the_start_with_what_is_wrong(secrets: Path, wrong: str, setting: str) -> None:
    secrets.write_text(wrong)
    secrets_singleton._reset()
    with pytest.raises(InvalidRequest, match=setting):
        login_of_secrets(())


@pytest.mark.parametrize(
    ("users", "user", "enters"),
    [
        ((), ME, True),
        ((), {}, False),
        (("me@example.com",), ME, True),
        (("me@example.com",), ME | {"email": "ME@Example.com"}, True),
        (("you@example.com",), ME, False),
        (("@example.com",), ME, True),
        (("@ample.com",), ME, False),
        (("@example.com",), ME | {"email": "me@example.com@evil.example"}, False),
        (("me@example.com",), ME | {"email_verified": True}, True),
        (("me@example.com",), ME | {"email_verified": "true"}, True),
        (("me@example.com",), ME | {"email_verified": False}, False),
        (("me@example.com",), ME | {"email_verified": "false"}, False),
        (("@example.com",), ME | {"email_verified": "False"}, False),
        (("me@example.com",), ME | {"email_verified": None}, False),
        (("me@example.com",), ME | {"email_verified": ""}, False),
        (("me@example.com",), ME | {"email_verified": 0}, False),
        (("@example.com",), ME | {"email": ""}, False),
    ],
)
def test_who_may_enter_is_named_by_address_or_domain(
    users: tuple[str, ...], user: dict[str, Any], enters: bool
) -> None:
    assert may_enter(user, users) is enters


def test_the_operators_words_stand_below_every_page_as_text() -> None:
    assert disclosure_html("Run by <b>me</b>.\n\nNo advice.") == "<p>Run by &lt;b&gt;me&lt;/b&gt;.</p><p>No advice.</p>"
    assert disclosure_html("") == ""


def test_who_is_logged_in_finds_the_way_out() -> None:
    assert way_out(False, "") == ""
    assert way_out(True, "<me>") == '<p>Logged in as &lt;me&gt;. <a href="/auth/logout" target="_self">Log out</a></p>'
