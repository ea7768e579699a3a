"""A message as a service takes it: plain text in the service's own format, and not more of it than it takes at once."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from core.alerts.targets import service_at

BETWEEN = 24
"""Characters that a service may put between title and body, or around them."""

Fits = Callable[[str], bool]
"""Whether a body is short enough."""


def as_taken(service: Any, title: str, body: str) -> dict[str, Any]:
    """What Apprise's ``service`` is asked to send for two plain texts.

    Apprise does the same for several services at once, but tells then of no failure what it was.
    """
    target = service.resolve_format("text")
    blended = service.title_maxlen <= 0  # the title is sent as a part of the body
    return {
        "title": _converted(title, target) if blended else title,
        "body": _converted(body, target),
        "body_format": target,
    }


def fits_at(address: str, title: str) -> Fits:
    """Of a body below ``title``; whatever there is fits an address that cannot be used."""
    service = service_at(address)
    if service is None:
        return lambda _: True

    def fits(body: str) -> bool:
        taken = as_taken(service, title, body)
        return len(taken["title"]) + BETWEEN + len(taken["body"]) <= int(service.body_maxlen)

    return fits


def _converted(text: str, target: Any) -> str:
    from apprise import NotifyFormat  # noqa: PLC0415 - takes a second
    from apprise.conversion import convert_between  # noqa: PLC0415

    if target == NotifyFormat.HTML:  # Apprise makes &nbsp; of every space, and counts each as six characters
        return escape(text, quote=False).replace("\n", "<br/>")
    return str(convert_between(NotifyFormat.TEXT, target, text))  # type: ignore[no-untyped-call]
