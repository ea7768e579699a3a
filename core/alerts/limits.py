"""When a rule's messages may come: after its quiet hours, and as many an hour as it says. Pure; times are Unix milliseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.alerts.rules import QuietHours, Rule
from core.alerts.statuses import HOUR_MS

MINUTE_MS = 60_000


def not_before(rule: Rule, sent: Sequence[int], now_ms: int) -> int:
    """When the next message may be sent after those that were ``sent`` at these times, in order: now, or when to look again."""
    if (quiet_until := quiet_ends(rule.quiet, now_ms)) > now_ms:
        return quiet_until
    return room_from(rule.most_an_hour, sent, now_ms)


def quiet_ends(quiet: QuietHours | None, now_ms: int) -> int:
    """When the quiet hours are over; now outside of them."""
    if quiet is None:
        return now_ms
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    left = quiet.minutes_left(now.hour * 60 + now.minute)
    return (now_ms // MINUTE_MS + left) * MINUTE_MS if left else now_ms


def room_from(most_an_hour: int, sent: Sequence[int], now_ms: int) -> int:
    """From when on an hour has room for one more message; now where it has."""
    of_this_hour = sent[bisect_right(sent, now_ms - HOUR_MS) :]
    return now_ms if len(of_this_hour) < most_an_hour else of_this_hour[-most_an_hour] + HOUR_MS


@dataclass(frozen=True, slots=True)
class Sent:
    """How many ``messages`` would have been sent; in ``after_quiet`` and ``after_limit`` of them stood what was held until then."""

    messages: int = 0
    after_quiet: int = 0
    after_limit: int = 0


def sent_of(rule: Rule, times: Iterable[int]) -> Sent:
    """What of alerts at these times would have been sent: those of one time together, and what was held in sum."""
    waiting = sorted(set(times))
    sent: list[int] = []
    after_quiet = after_limit = at = 0
    while at < len(waiting):
        begin = send_ms = waiting[at]
        quiet = quiet_ends(rule.quiet, begin) > begin
        while (later_ms := not_before(rule, sent, send_ms)) > send_ms:
            send_ms = later_ms
        after_quiet, after_limit = after_quiet + quiet, after_limit + (send_ms > begin and not quiet)
        sent.append(send_ms)
        at = bisect_right(waiting, send_ms)
    return Sent(len(sent), after_quiet, after_limit)
