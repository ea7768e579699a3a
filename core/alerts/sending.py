"""Sends one message through Apprise, once, and tells what came of it: sent, refused, or nobody knows.

Apprise says only whether it worked. What a server answered, and how long it asks to be left alone, is seen where
requests hands every answer over; what of that is told never holds an address.
"""

from __future__ import annotations

import logging
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

_Answer = requests.Response | requests.RequestException

_answers: ContextVar[list[_Answer] | None] = ContextVar("answers", default=None)


def send(address: str, title: str, body: str) -> Fate:
    """Send a message without attachments; never raises."""
    with _heard() as answers:
        try:
            service = service_at(address)
            if service is None:
                return Refused("unusable")
            worked = bool(service.notify(body=body, title=title))
        except Exception as error:  # a plugin's: its words may hold the address
            log.warning("Sending to %s failed (%s).", scheme_of(address), type(error).__name__)
            return Unclear("failed")
    return Sent() if worked else _fate_of(answers)


def _fate_of(answers: list[_Answer]) -> Fate:
    """What became of a message that Apprise says did not work."""
    if not answers:
        return Refused("refused")
    last = answers[-1]
    if any(isinstance(answer, requests.Response) and answer.status_code in OK for answer in answers):
        return Unclear("partly")  # one of several recipients may have it
    if isinstance(last, requests.Response):
        return Refused(f"http_{last.status_code}", retry_after(last))
    return Refused("not_reached") if _never_left(last) else Unclear("no_answer")


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
def _heard() -> Iterator[list[_Answer]]:
    """What servers answer to this thread inside."""
    answers: list[_Answer] = []
    token = _answers.set(answers)
    try:
        yield answers
    finally:
        _answers.reset(token)


_send = requests.Session.send


def _send_and_tell(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
    heard = _answers.get()
    try:
        answer = _send(session, request, **options)
    except requests.RequestException as error:
        if heard is not None:
            heard.append(error)
        raise
    if heard is not None:
        heard.append(answer)
    return answer


# Apprise makes sessions of its own, and has no place where one could listen.
requests.Session.send = _send_and_tell  # type: ignore[method-assign,assignment]

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names hosts and users
