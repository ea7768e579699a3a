"""Sends one message through Apprise, once, and tells what came of it: sent, refused, or nobody knows.

Apprise says only whether it worked. What a server answered, and how long it asks to be left alone, is seen where
requests, or smtplib for mail, hands every answer over; what of that is told never holds an address.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from core.alerts.targets import scheme_of, service_at

log = logging.getLogger(__name__)

OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Sent:
    """The service took it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The service did not take it, or was not reached: it can be tried again, after so many seconds where it asks for that."""

    why: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have arrived: trying again could send it twice."""

    why: str


Fate = Sent | Refused | Unclear

_heard_here: ContextVar[list[Fate] | None] = ContextVar("heard_here", default=None)


def send(address: str, title: str, body: str) -> Fate:
    """Send a message without attachments; never raises."""
    with _hearing() as heard:
        try:
            service = service_at(address)
            if service is None:
                return Refused("unusable")
            worked = bool(service.notify(body=body, title=title))
        except Exception as error:  # a plugin's: its words may hold the address
            log.warning("Sending to %s failed (%s).", scheme_of(address), type(error).__name__)
            return Unclear("failed")
    return Sent() if worked else _fate_of(heard)


def _fate_of(heard: list[Fate]) -> Fate:
    """What became of a message that Apprise says did not work, by what was ``heard`` of its parts."""
    if not heard:
        return Refused("refused")
    unclear = next((fate for fate in heard if isinstance(fate, Unclear)), None)
    if unclear is not None:
        return unclear
    return Unclear("partly") if Sent() in heard else heard[-1]  # one of several recipients may have it


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def retry_after(answer: requests.Response) -> float | None:
    """The seconds that a server asks to be left alone, by its header Retry-After: a number, or a date beside its own."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (parsedate_to_datetime(text) - date).total_seconds())
    except (ValueError, TypeError):
        return None


@contextmanager
def _hearing() -> Iterator[list[Fate]]:
    """What servers answer to this thread inside, request by request and mail by mail."""
    heard: list[Fate] = []
    token = _heard_here.set(heard)
    try:
        yield heard
    finally:
        _heard_here.reset(token)


def _tell(fate: Fate) -> None:
    heard = _heard_here.get()
    if heard is not None:
        heard.append(fate)


_send = requests.Session.send


def _send_and_tell(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
    try:
        answer = _send(session, request, **options)
    except requests.RequestException as error:
        _tell(Refused("not_reached") if _never_left(error) else Unclear("no_answer"))
        raise
    known = Sent() if answer.status_code in OK else Refused(f"http_{answer.status_code}", retry_after(answer))
    _tell(known)
    return answer


_data = smtplib.SMTP.data


def _data_and_tell(server: smtplib.SMTP, message: Any) -> tuple[int, bytes]:
    """The mail itself: until it is handed over nothing can have arrived, and what is refused before needs no word."""
    try:
        code, said = _data(server, message)
    except smtplib.SMTPDataError:
        raise  # nothing of it was wanted
    except (smtplib.SMTPException, OSError):
        _tell(Unclear("no_answer"))
        raise
    _tell(Sent() if code in OK else Refused("refused"))
    return code, said


# Apprise makes sessions of its own, and has no place where one could listen.
requests.Session.send = _send_and_tell  # type: ignore[method-assign,assignment]
smtplib.SMTP.data = _data_and_tell  # type: ignore[method-assign,assignment]

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names hosts and users
