"""What went wrong between us and an exchange, as one sentence: what happened and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import ccxt
import requests

from core.errors import CandorError, MarketUnavailable, UnknownSymbol
from core.text import shorten

RATE_LIMITED = (418, 429)
REFUSED = (403, 451)


def is_transient(error: ccxt.BaseError) -> bool:
    """Whether the same request may succeed a moment later."""
    if not isinstance(error, ccxt.NetworkError):
        return False
    status = http_status(error)
    return status is None or status >= 500 or status in (408, *RATE_LIMITED)


def retry_after_seconds(error: ccxt.BaseError) -> float:
    """How long the exchange wants to be left alone, by its Retry-After header; 0 where it did not say."""
    answer = _http_answer(error)
    try:
        return max(0.0, float(answer.headers["Retry-After"])) if answer is not None else 0.0
    except (KeyError, ValueError):
        return 0.0


def explain(error: ccxt.BaseError, exchange: str, symbol: str, host: str) -> CandorError:
    """``error`` as a MarketUnavailable, or as UnknownSymbol where only ``symbol`` is at fault."""
    if isinstance(error, ccxt.BadSymbol):
        return UnknownSymbol(f"{exchange} does not know {symbol or 'this symbol'}; leave it out of CANDOR_SYMBOLS.")
    if isinstance(error, ccxt.BadResponse):
        return not_candles(exchange)
    return MarketUnavailable(_sentence(error, exchange, host))


def not_candles(exchange: str) -> MarketUnavailable:
    """An answer came, and it makes no sense."""
    return MarketUnavailable(
        f"{exchange} answered with something that is not candles. "
        "A proxy, firewall or login page may be answering in its place."
    )


def _sentence(error: ccxt.BaseError, exchange: str, host: str) -> str:  # noqa: PLR0911 - one return per kind of trouble
    status = http_status(error)
    if status in RATE_LIMITED or isinstance(error, (ccxt.RateLimitExceeded, ccxt.DDoSProtection)):
        pause = retry_after_seconds(error)
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
