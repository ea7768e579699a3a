"""What went wrong between us and an exchange, as one sentence: what happened and what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import ccxt
import requests

from core.errors import CandorError, MarketUnavailable, NotEnoughCandles, SeriesUnavailable, UnknownSymbol
from core.market.candles import EARLIEST_MS, LATEST_MS
from core.text import shorten

BANNED = 418
RATE_LIMITED = (BANNED, 429)
REFUSED = (403, 451)

LONGEST_LEFT_ALONE = 3 * 86_400.0
"""Seconds; the longest ban that exchanges are known to give, whatever a header says."""
BAN_SECONDS = 120.0
"""An exchange that bans us without saying for how long is left alone for this time."""


def is_transient(error: ccxt.BaseError) -> bool:
    """Whether the same request may succeed a moment later."""
    if not isinstance(error, ccxt.NetworkError):
        return False
    status = http_status(error)
    return status is None or status >= 500 or status in (408, *RATE_LIMITED)


def seconds_to_leave_alone(error: ccxt.BaseError, now: datetime) -> float:
    """How long the exchange wants no requests, at most LONGEST_LEFT_ALONE; 0 where it did not say so.

    By its Retry-After header, in seconds or as a date; a ban without one names the time in its text, or lasts BAN_SECONDS.
    """
    answer = _http_answer(error)
    if answer is None:
        return 0.0
    asked = max(_retry_after(answer.headers.get("Retry-After"), now), _banned_until(answer.text, now))
    if answer.status_code == BANNED and asked <= 0:
        asked = BAN_SECONDS
    return min(asked, LONGEST_LEFT_ALONE)


def _retry_after(header: str | None, now: datetime) -> float:
    """Seconds, of several the most, or the time until a date, however far; 0 for anything else."""
    try:
        seconds = max(float(each) for each in (header or "nan").split(","))
    except ValueError:
        seconds = _seconds_until(header or "", now)
    return max(seconds, 0.0) if not math.isnan(seconds) else 0.0


def _seconds_until(date: str, now: datetime) -> float:
    try:
        return (_http_date(date) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _http_date(text: str) -> datetime:
    """A header's date; ValueError, TypeError or OverflowError for what is none."""
    moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC)  # -0000 has no zone


def _banned_until(text: str, now: datetime) -> float:
    """Binance: "Way too many requests; IP banned until 1513693008350.", in milliseconds."""
    found = re.search(r"until (\d{12,14})\b", text)
    return 0.0 if found is None else max(int(found[1]) / 1000 - now.timestamp(), 0.0)


def header_time(headers: Mapping[str, str | None] | None, name: str) -> datetime | None:
    """The time in a header, whatever the case of its name; None where there is none, or none that can be."""
    for each, value in (headers or {}).items():
        if each.lower() == name.lower():
            try:
                return plausible_time(_http_date(value or "").timestamp())
            except (ValueError, TypeError, OverflowError):
                return None
    return None


def header_count(headers: Mapping[str, str | None] | None, name: str | None) -> int | None:
    """The whole number in a header, whatever the case of its name; None where there is none, or ``name`` is None."""
    for each, value in (headers or {}).items():
        if name is not None and each.lower() == name.lower() and value and value.isdecimal():
            return int(value)
    return None


def plausible_time(seconds: float) -> datetime:
    """Unix seconds as a time; ValueError for one at which nobody traded, or ever will."""
    if not EARLIEST_MS <= seconds * 1000 < LATEST_MS:
        raise ValueError(f"{seconds} is no time of this age")
    return datetime.fromtimestamp(seconds, UTC)


def explain(error: ccxt.BaseError, exchange: str, symbol: str, host: str, pause: float) -> CandorError:
    """``error`` as a CandorError; ``pause`` is for how many seconds the exchange wants to be left alone.

    MarketUnavailable where it did not answer; where only ``symbol`` is at fault, UnknownSymbol, NotEnoughCandles for
    what it will never answer, or SeriesUnavailable.
    """
    if isinstance(error, ccxt.BadSymbol):
        return UnknownSymbol(f"{exchange} does not know {symbol or 'this symbol'}; leave it out of CANDOR_SYMBOLS.")
    if isinstance(error, ccxt.BadResponse):
        return not_candles(exchange)
    sentence = _sentence(error, exchange, host, pause)
    if symbol and isinstance(error, (ccxt.BadRequest, ccxt.NotSupported)):
        return NotEnoughCandles(sentence)
    if symbol and _concerns_one_series(error):
        return SeriesUnavailable(sentence)
    return MarketUnavailable(sentence)


def _concerns_one_series(error: ccxt.BaseError) -> bool:
    """Whether the exchange answered, and refused this one question; ccxt takes some of these for a network's trouble."""
    return http_status(error) in (400, 404, 410, 422) or type(error) is ccxt.ExchangeError


def not_candles(exchange: str) -> MarketUnavailable:
    """An answer came, and it makes no sense."""
    return MarketUnavailable(
        f"{exchange} answered with something that is not candles. "
        "A proxy, firewall or login page may be answering in its place."
    )


def _sentence(error: ccxt.BaseError, exchange: str, host: str, pause: float) -> str:  # noqa: PLR0911 - one return per kind of trouble
    status = http_status(error)
    if status in RATE_LIMITED or isinstance(error, (ccxt.RateLimitExceeded, ccxt.DDoSProtection)):
        wanted = f" and wants to be left alone for {pause:.0f} s" if pause else ""
        return f"{exchange} limits our requests (HTTP {status or 429}){wanted}. Follow fewer coins with CANDOR_SYMBOLS."
    if status in REFUSED or isinstance(error, (ccxt.RestrictedLocation, ccxt.PermissionDenied)):
        return (
            f"{exchange} refuses requests from this network (HTTP {status or 403}), as exchanges do in some countries. "
            "Choose another one with CANDOR_EXCHANGE, or a permitted mirror with CANDOR_EXCHANGE_URL."
        )
    if isinstance(error, ccxt.RequestTimeout):
        return f"{exchange} at {host} did not answer in time. Check the internet connection."
    if isinstance(error, ccxt.OnMaintenance):
        return f"{exchange} is closed for maintenance."
    if status is not None and status >= 500:
        return f"{exchange} is out of order (HTTP {status}). This usually passes within minutes."
    if status is not None:
        return f"{exchange} at {host} refused the request (HTTP {status}): {_own_words(error)}"
    if isinstance(error, ccxt.NetworkError):
        return f"{exchange} at {host} cannot be reached: {_obstacle(error)}. Check the internet connection."
    return f"{exchange} could not answer: {_own_words(error)}"


def http_status(error: BaseException) -> int | None:
    """The HTTP status behind ``error``; None where no answer came at all."""
    answer = _http_answer(error)
    return answer.status_code if answer is not None else None


def _http_answer(error: BaseException) -> requests.Response | None:
    """ccxt raises while it handles the HTTP error, so the answer hangs on the chain of causes."""
    for cause in _causes(error):
        if isinstance(cause, requests.RequestException) and cause.response is not None:
            return cause.response
    return None


def _obstacle(error: BaseException) -> str:
    chain = " ".join(repr(cause) for cause in _causes(error))
    if any(sign in chain for sign in ("NameResolutionError", "gaierror", "getaddrinfo")):
        return "its name was not found (DNS)"
    if "refused" in chain:
        return "the connection was refused"
    if any(sign in chain for sign in ("SSL", "certificate")):
        return "the encrypted connection failed"
    return "the connection broke off"


def _own_words(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return shorten(text or type(error).__name__, 160)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
