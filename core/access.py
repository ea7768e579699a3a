"""Who may read Candor from elsewhere: keys, the networks of trusted proxies, pages of which sites, and what a start demands."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from core.errors import InvalidRequest
from core.text import words_in

Network = IPv4Network | IPv6Network

USUAL_PER_MINUTE = 600
"""Requests of a key that names no limit of its own; a first visit takes about 160, most of them scripts that the browser keeps."""

_USER = re.compile(r"[^@\s]*@[^@\s]+")
_PREFIX = "candor_"
_ENTRY = re.compile(r"(?P<name>[\w.@-]{1,64}):(?P<digest>[0-9a-f]{64})(:(?P<per_minute>[1-9]\d{0,6}))?", re.ASCII)

_HOST = ("Host", "X-Forwarded-Host")
"""Where the host stands that a browser asked; core.api.proxies takes off the second where no named proxy says it."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as Candor knows it: whose it is, its SHA-256, and how many requests a minute it is good for.

    The key itself has 256 random bits, so nobody guesses it from its digest.
    """

    name: str
    digest: bytes
    per_minute: int = USUAL_PER_MINUTE

    def is_of(self, key: str) -> bool:
        """Whether this is ``key``; takes as long where it is not."""
        return hmac.compare_digest(self.digest, digest_of(key))


@dataclass(frozen=True, slots=True)
class Login:
    """A login that pages have: whether a request comes with its cookie, where it begins, and which paths belong to it.

    ``is_in`` is asked with the headers of a request, whatever the case of their names; so is ``kept_out``, which names
    whoever is logged in and may not enter all the same. ``way_out`` is where they log out.
    """

    is_in: Callable[[Mapping[str, str]], bool]
    address: Callable[[], str]
    paths: frozenset[str]
    kept_out: Callable[[Mapping[str, str]], str | None] = lambda headers: None
    way_out: str = ""


def made_key() -> str:
    """A fresh key."""
    return _PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def parse_keys(text: str) -> tuple[ApiKey, ...]:
    """``NAME:SHA256`` or ``NAME:SHA256:PER_MINUTE``, comma-separated; ValueError, which quotes no more than the name of an entry that is one."""
    keys = tuple(_parse_key(number, word) for number, word in enumerate(words_in(text), start=1))
    names = [key.name for key in keys]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the name {name!r} is given to {names.count(name)} keys")
    return keys


def _parse_key(number: int, text: str) -> ApiKey:
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ValueError(
            f"entry {number} is not NAME:SHA256 or NAME:SHA256:PER_MINUTE; make one with python -m scripts.api_key NAME"
        )
    return ApiKey(found["name"], bytes.fromhex(found["digest"]), int(found["per_minute"] or USUAL_PER_MINUTE))


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks such as ``10.0.0.5,10.1.0.0/16``; ValueError for anything else."""
    return tuple(map(ip_network, words_in(text)))


def parse_users(text: str) -> tuple[str, ...]:
    """Addresses such as ``me@example.com`` and domains such as ``@example.com``; ValueError for anything else, and for none."""
    users = tuple(word.lower() for word in words_in(text))
    for user in users or ("",):
        if not _USER.fullmatch(user):
            raise ValueError(f"expected addresses such as me@example.com or domains such as @example.com, got {user!r}")
    return users


def is_among(address: str | None, networks: Iterable[Network]) -> bool:
    """Whether an address lies in one of ``networks``; a socket that has none lies nowhere."""
    try:
        place = ip_address(address or "")
    except ValueError:
        return False
    return any(place in network for network in networks)


def is_of_this_site(headers: Mapping[str, str]) -> bool:
    """Whether what asks is a page of this host, or no page: programs name no ``Origin``.

    Browsers let any page open a WebSocket, with the cookies of who looks at it, and name its site. The scheme is left out, since TLS may end at a proxy that does not tell; Streamlit's own WebSocket asks no more.
    ``headers`` finds names whatever their case.
    """
    origin = headers.get("Origin")
    if not origin:
        return True
    asked = {headers.get(name, "").partition(",")[0].strip().lower() for name in _HOST} - {""}
    try:
        return urlsplit(origin).netloc.lower() in asked
    except ValueError:
        return False


def is_local(bound_to: str | None) -> bool:
    """Whether a server that listens there can be reached from this machine alone; None may listen anywhere."""
    if bound_to is None or bound_to.startswith("unix://"):
        return bound_to is not None
    try:
        return ip_address(bound_to).is_loopback
    except ValueError:
        return bound_to == "localhost"


def check_access(bound_to: str | None, guarded: bool, public: bool, disclosure: str) -> None:
    """InvalidRequest where a server would be open to strangers though nobody said so, or where it is said twice.

    ``bound_to`` is None where it may listen anywhere. ``guarded`` tells whether there is a key, a login or a proxy that
    names users. ``public`` is CANDOR_PUBLIC.
    """
    if public and guarded:
        raise InvalidRequest(
            "CANDOR_PUBLIC=1 lets everybody in, and CANDOR_API_KEYS, CANDOR_IDENTITY_HEADER or the login of secrets.toml "
            "only some. Leave out the one that is not meant."
        )
    if public and not any(map(str.isalnum, disclosure)):
        raise InvalidRequest(
            "CANDOR_PUBLIC=1 shows signals to strangers: say in CANDOR_DISCLOSURE who operates this and what readers must "
            "know, such as that it is no investment advice. It stands below every page."
        )
    if not (is_local(bound_to) or guarded or public):
        raise InvalidRequest(
            f"The server would listen on {bound_to or 'all addresses'}, where strangers may reach it, and nobody is asked "
            "who they are. Set CANDOR_API_KEYS (python -m scripts.api_key NAME makes one), a login in "
            ".streamlit/secrets.toml, or CANDOR_IDENTITY_HEADER; or CANDOR_PUBLIC=1 if it is meant for everybody; or "
            "listen on localhost."
        )
