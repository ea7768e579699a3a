"""Who may read Candor from elsewhere, and what a start demands before it is open to anybody."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from core.access import (
    ApiKey,
    check_access,
    digest_of,
    is_among,
    is_local,
    is_of_this_site,
    made_key,
    parse_keys,
    parse_networks,
)
from core.errors import InvalidRequest
from core.settings import Settings, get_settings
from scripts import api_key


def test_a_key_is_known_by_its_digest_alone_and_each_is_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert api_key.main(["monitoring", "--per-minute", "60"]) == 0
    shown, entry = (line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines())
    (known,) = parse_keys(entry)
    assert known == ApiKey("monitoring", digest_of(shown), 60)
    assert known.is_of(shown)
    assert not known.is_of(made_key())
    assert shown not in entry


def test_a_name_that_fits_no_entry_is_refused_before_a_key_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        api_key.main(["two words"])
    assert "candor_" not in capsys.readouterr().out


@pytest.mark.parametrize("written", ["monitoring", "monitoring:abc", "a:b:c", f"x:{'0' * 64}:0", f"x:{'0' * 64}:-1"])
def test_an_entry_that_is_no_key_is_refused_and_never_quoted(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = made_key()
    monkeypatch.setenv("CANDOR_API_KEYS", f"me:{secret},{written}")
    get_settings.cache_clear()
    with pytest.raises(InvalidRequest, match=r"CANDOR_API_KEYS=\*\*\* cannot be used.*scripts.api_key") as refused:
        get_settings()
    assert secret[7:] not in str(refused.value)
    get_settings.cache_clear()


@pytest.mark.parametrize("written", ["{}", "{}:600", "me:{}", "{}:me"])
def test_a_key_that_stands_where_its_digest_was_expected_is_told_by_its_place_alone(written: str) -> None:
    secret = made_key().removeprefix("candor_")
    with pytest.raises(ValueError, match=r"entry 2 is not NAME:SHA256") as refused:
        parse_keys(f"me:{'0' * 64}," + written.format(f"candor_{secret}"))
    parts = {secret[begin : begin + 4] for begin in range(len(secret) - 3)}
    assert not [part for part in parts if part in str(refused.value)]


def test_a_name_given_to_two_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' is given to 2 keys"):
        parse_keys(f"a:{'0' * 64},a:{'1' * 64}")


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "unix:///run/candor.sock"])
def test_a_server_that_only_this_machine_reaches_needs_no_guard(address: str) -> None:
    assert is_local(address)
    check_access(address, guarded=False, public=False, disclosure="")


@pytest.mark.parametrize("address", [None, "0.0.0.0", "::", "192.168.1.5", "candor.example"])
def test_a_server_that_others_reach_starts_only_guarded_or_on_purpose(address: str | None) -> None:
    with pytest.raises(InvalidRequest, match=r"nobody is asked.*scripts\.api_key.*CANDOR_PUBLIC=1"):
        check_access(address, guarded=False, public=False, disclosure="")
    check_access(address, guarded=True, public=False, disclosure="")
    check_access(address, guarded=False, public=True, disclosure="Run by me; no advice.")


@pytest.mark.parametrize("disclosure", ["", " ", "\n\t", "\u200b", "-"])
def test_who_opens_it_to_everybody_says_who_that_is(disclosure: str) -> None:
    with pytest.raises(InvalidRequest, match="CANDOR_DISCLOSURE"):
        check_access("localhost", guarded=False, public=True, disclosure=disclosure)


def test_open_to_everybody_and_guarded_at_once_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Leave out the one"):
        check_access("0.0.0.0", guarded=True, public=True, disclosure="Run by me.")


def test_proxies_are_named_by_address_or_network() -> None:
    networks = parse_networks("10.0.0.5, 10.1.0.0/16,::1")
    assert is_among("10.1.2.3", networks)
    assert is_among("::1", networks)
    for other in ("10.0.0.6", "10.2.0.1", "", None, "testclient"):
        assert not is_among(other, networks)


def test_settings_that_name_no_networks_users_or_header_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, wrong in (("TRUSTED_PROXY", "nginx"), ("IDENTITY_HEADER", "X User"), ("LOG", "xml")):
        with monkeypatch.context() as only:
            only.setenv(f"CANDOR_{name}", wrong)
            get_settings.cache_clear()
            with pytest.raises(InvalidRequest, match=f"CANDOR_{name}"):
                get_settings()
    get_settings.cache_clear()
    assert Settings(users=("me@example.com",)).users == ("me@example.com",)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "candor.example"},
        {"Host": "candor.example", "Origin": "https://candor.example"},
        {"Host": "Candor.example:8501", "Origin": "http://candor.example:8501"},
        {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"},
        {"Host": "127.0.0.1:8501", "X-Forwarded-Host": "candor.example, inner", "Origin": "https://candor.example"},
    ],
)
def test_pages_of_this_host_and_programs_are_of_this_site(headers: dict[str, str]) -> None:
    assert is_of_this_site(Headers(headers))


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "https://candor.example.elsewhere.example",
        "https://candor.example@elsewhere.example",
        "https://elsewhere.example/candor.example",
        "http://candor.example:8000",
        "candor.example",
        "null",
        "https://",
        "http://[",
    ],
)
@pytest.mark.parametrize("host", [{"Host": "candor.example"}, {"Host": ""}, {}])
def test_pages_of_others_are_not(origin: str, host: dict[str, str]) -> None:
    assert not is_of_this_site(Headers(host | {"Origin": origin}))
