"""Sends one message through Apprise, once, and tells what came of it: sent, refused, or nobody knows.

Apprise says only whether it worked. What a server answered, and how long it asks to be left alone, is seen where
requests, or smtplib for mail, hands every answer over; what of that is told never holds an address.
"""

from __future__ import annotations

import logging
import re
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from core.alerts.fitting import as_taken
from core.alerts.targets import scheme_of, service_at

log = logging.getLogger(__name__)

OK = range(200, 300)

DEADLINE_SECONDS = 30.0
"""So long a service may take to hear a whole message and to answer: messages of all rules go one after the other. A limit
for each read, which Apprise has, keeps nobody from answering byte by byte for days."""

READ_AT_ONCE = 16_384
MOST_READ = 1_000_000
"""Bytes of an answer; what a service says with more is not looked at."""

FOR_EVER = 1e9
"""Seconds, thirty years: a server that asks to be left alone for longer is heard as if it asked for that."""

OF_A_GATEWAY = frozenset({502, 504, 520, 524})
"""Said by who stands before the service and had no answer from it either: it may have taken the message all the same."""

_MATRIX = re.compile(r"/_matrix/(?!.*/send/)|/\.well-known/matrix/")

WITHOUT_THE_MESSAGE = {
    "matrix": _MATRIX,
    "matrixs": _MATRIX,
    "mmost": re.compile(r"/api/v4/teams/"),
    "mmosts": re.compile(r"/api/v4/teams/"),
    "rocket": re.compile(r"/api/v1/(login|logout)$"),
    "rockets": re.compile(r"/api/v1/(login|logout)$"),
    "slack": re.compile(r"/api/users\."),
    "tgram": re.compile(r"/getUpdates$"),
}
"""The paths at which a service logs in, looks up to whom it writes and leaves again: nothing of a message is in there."""


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


@dataclass(slots=True)
class Heard:
    """What became of the parts of one message; of a request at ``without`` only that it failed, for then none was sent."""

    without: re.Pattern[str] | None
    fates: list[Fate] = field(default_factory=list)

    def enter(self, fate: Fate, path: str = "") -> None:
        if self.without is None or not self.without.search(path):
            self.fates.append(fate)
        elif not isinstance(fate, Sent):
            self.fates.append(fate if isinstance(fate, Refused) else Refused(fate.why))


_heard_here: ContextVar[Heard | None] = ContextVar("heard_here", default=None)


_under_way: dict[str, threading.Thread] = {}
"""By address, what has not ended although nobody waits for it any more."""


def send(address: str, title: str, body: str) -> Fate:
    """Send a message of plain texts, without attachments; never raises, and takes DEADLINE_SECONDS at most.

    A service that has not ended an earlier answer by now hears of nothing new.
    """
    earlier = _under_way.pop(address, None)
    if earlier is not None and earlier.is_alive():
        _under_way[address] = earlier
        return Refused("still_answering")
    fates: list[Fate] = []
    sending = threading.Thread(target=lambda: fates.append(_sent(address, title, body)), name="alert", daemon=True)
    sending.start()
    sending.join(DEADLINE_SECONDS)
    if fates:
        return fates[0]
    _under_way[address] = sending
    log.warning("Sending to %s took longer than %g s; it may have arrived.", scheme_of(address), DEADLINE_SECONDS)
    return Unclear("no_answer")


def _sent(address: str, title: str, body: str) -> Fate:
    with _hearing(scheme_of(address)) as heard:
        try:
            service = service_at(address)
            if service is None:
                return Refused("unusable")
            worked = bool(service.notify(**as_taken(service, title, body)))
        except Exception as error:  # a plugin's: its words may hold the address
            log.warning("Sending to %s failed (%s).", scheme_of(address), type(error).__name__)
            return Unclear("failed")
    return Sent() if worked else _fate_of(heard.fates)


def _fate_of(heard: list[Fate]) -> Fate:
    """What became of a message that Apprise says did not work, by what was ``heard`` of its parts."""
    if not heard:
        return Refused("refused")
    unclear = next((fate for fate in heard if isinstance(fate, Unclear)), None)
    if unclear is not None:
        return unclear
    if Sent() in heard:
        return Unclear("partly")  # one of several recipients may have it
    refused = [fate for fate in reversed(heard) if isinstance(fate, Refused)]
    return max(refused, key=lambda fate: fate.retry_after or 0)


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def retry_after(answer: requests.Response, body: dict[str, Any]) -> float | None:
    """The seconds that a server asks to be left alone.

    By its header Retry-After, a number or a date beside its own; or in its ``body``, as Telegram, Discord and Matrix do.
    """
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), FOR_EVER)
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (parsedate_to_datetime(text) - date).total_seconds())
    except (ValueError, TypeError):
        return _asked_in_words(body)


def _asked_in_words(body: dict[str, Any]) -> float | None:
    inner = body.get("parameters")
    places = body, inner if isinstance(inner, dict) else {}
    asked = [place.get("retry_after") for place in places]
    milliseconds = body.get("retry_after_ms")
    if isinstance(milliseconds, int | float):
        asked.append(milliseconds / 1000)
    return next(
        (float(seconds) for seconds in asked if isinstance(seconds, int | float) and 0 <= seconds < FOR_EVER), None
    )


def _json_body(answer: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer that was read whole; empty where it is none."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


@contextmanager
def _hearing(scheme: str) -> Iterator[Heard]:
    """What servers answer to this thread inside, request by request and mail by mail."""
    heard = Heard(WITHOUT_THE_MESSAGE.get(scheme))
    token = _heard_here.set(heard)
    try:
        yield heard
    finally:
        _heard_here.reset(token)


def _tell(fate: Fate, path: str = "") -> None:
    heard = _heard_here.get()
    if heard is not None:
        heard.enter(fate, path)


_send = requests.Session.send


def _send_and_tell(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
    path = urlsplit(request.url or "").path
    whole = _heard_here.get() is not None and not options.get("stream")
    try:
        answer = _send(session, request, **options | ({"stream": True} if whole else {}))
        if whole:
            _read_some(answer)
    except requests.RequestException as error:
        _tell(Refused("not_reached") if _never_left(error) else Unclear("no_answer"), path)
        raise
    if _heard_here.get() is not None:
        _tell(_fate_answered(answer, {} if options.get("stream") else _json_body(answer)), path)
    return answer


def _read_some(answer: requests.Response) -> None:
    """Read a body as far as anybody looks at it, and no further."""
    body = bytearray()
    for chunk in answer.iter_content(READ_AT_ONCE):
        body += chunk
        if len(body) >= MOST_READ:
            answer.close()
            break
    answer._content, answer._content_consumed = bytes(body), True  # as requests.Response.content keeps it


def _fate_answered(answer: requests.Response, body: dict[str, Any]) -> Fate:
    """What became of a request that was answered: Slack says with 200 that it took nothing."""
    if answer.status_code in OF_A_GATEWAY:
        return Unclear("no_answer")
    if answer.status_code not in OK:
        return Refused(f"http_{answer.status_code}", retry_after(answer, body))
    return Refused("refused") if body.get("ok") is False else Sent()


_data = smtplib.SMTP.data


def _data_and_tell(server: smtplib.SMTP, message: Any) -> tuple[int, bytes]:
    """The mail itself: until it is handed over nothing can have arrived, and what is refused before needs no word."""
    try:
        code, reply = _data(server, message)
    except smtplib.SMTPDataError:
        raise  # nothing of it was wanted
    except (smtplib.SMTPException, OSError):
        _tell(Unclear("no_answer"))
        raise
    _tell(Sent() if code in OK else Refused("refused"))
    return code, reply


# Apprise makes sessions of its own, and has no place where one could listen.
requests.Session.send = _send_and_tell  # type: ignore[method-assign,assignment]
smtplib.SMTP.data = _data_and_tell  # type: ignore[method-assign,assignment]

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it names hosts and users
logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings name addresses, tokens included
