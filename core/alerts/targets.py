"""Where messages may go: addresses as Apprise writes them, of services on a list, and what may be shown of one.

An address holds passwords and tokens. It is written and used, and what everybody sees is its scheme and a few digits of a
hash, by which two can be told apart.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import unquote

from core.errors import InvalidRequest
from core.text import did_you_mean, shorten

SCHEMES = (
    "discord",
    "gchat",
    "gotify",
    "gotifys",
    "json",
    "jsons",
    "mailto",
    "mailtos",
    "matrix",
    "matrixs",
    "mmost",
    "mmosts",
    "ntfy",
    "ntfys",
    "opsgenie",
    "pagerduty",
    "pbul",
    "pover",
    "rocket",
    "rockets",
    "signal",
    "signals",
    "slack",
    "tgram",
    "webex",
    "workflows",
    "zulip",
)
"""Services that are sent to over the network. Apprise knows more, some of which run programs or write on this machine."""

_WEBHOOKS = {"http": "json", "https": "jsons"}
"""What many would write for a webhook, and what it is called here."""

LONGEST = 2_000

_NAMES_A_FILE = re.compile(r"attach|cert|file|pem|pgp|smime|store|template", re.IGNORECASE)
"""Options of services that would read a file of this machine."""


def parse_target(text: str) -> str:
    """The address as it is kept; InvalidRequest, which repeats nothing of it but its scheme, where it cannot be used."""
    address = text.strip()
    scheme = scheme_of(address)
    if scheme in _WEBHOOKS:
        raise InvalidRequest(
            f"A webhook's address begins with {_WEBHOOKS[scheme]}:// instead of {scheme}://: what is sent to it is JSON."
        )
    if scheme == "?":
        raise InvalidRequest(
            f"An address begins with one of these, followed by ://: {', '.join(SCHEMES)}; see Apprise's documentation for what follows."
        )
    if scheme not in SCHEMES:
        raise InvalidRequest(
            f"Nothing is sent to {shorten(scheme, 20)!r}.{did_you_mean(scheme, SCHEMES)} An address begins with one of: "
            f"{', '.join(SCHEMES)}; see Apprise's documentation for what follows."
        )
    if len(address) > LONGEST or not address.isprintable():
        raise InvalidRequest(
            f"An address has at most {LONGEST} printable signs; this one of {scheme} has others, or more."
        )
    options = _options(address)
    if any(map(_NAMES_A_FILE.search, options)):
        raise InvalidRequest(
            f"This address of {scheme} has an option that names a file; files are never sent or read. Leave it out."
        )
    if "redirect" in options:
        raise InvalidRequest(
            f"This address of {scheme} asks to follow redirects; a message goes where its rule says. Leave redirect out."
        )
    if service_at(address) is None:
        raise InvalidRequest(f"This address of {scheme} is not complete, or not as Apprise's documentation of it says.")
    return address


def scheme_of(address: str) -> str:
    """``tgram`` of ``tgram://…``; what is no address has no scheme that could be repeated."""
    found = re.match(r"([a-z]{1,20})://", address, re.IGNORECASE)
    return found[1].lower() if found else "?"


def described(address: str) -> str:
    """An address as everybody may see it: ``tgram · 3f9a2c``."""
    digest = hashlib.sha256(address.encode()).hexdigest()
    return f"{scheme_of(address)} · {digest[:6]}"


def service_at(address: str) -> Any:
    """Apprise's own object for an address; None where it makes nothing of it.

    It follows no redirects, sends one message in one piece, keeps nothing on disk, makes no keys, and fills in no templates.
    """
    import apprise  # noqa: PLC0415 - takes a second, which nobody waits for who has no rules

    asset = apprise.AppriseAsset(
        app_id="Candor",
        app_desc="Candor",
        http_redirects=False,
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
        async_mode=False,
        image_path_mask=False,
    )
    service = apprise.Apprise.instantiate(address, asset=asset)
    if service is not None:  # whatever the address says
        service.redirects = False
        service.overflow_mode = apprise.OverflowMode.TRUNCATE
    return service


def _options(address: str) -> set[str]:
    """The names of all that might be an option: services read what stands between ``;`` and behind ``#`` in ways of their own."""
    after = address.partition("?")[2]
    return {unquote(each.partition("=")[0]).strip().lower() for each in re.split(r"[&;?#]", after)}
