"""Notices what the entries that are just being added mean for the rules, in the very transaction that adds them.

So there is no alert without its signal, and no signal whose alert was lost between the two. Nothing that is wrong with a
rule keeps the ledger from being written: what fails here is logged, and undone alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from core.alerts.keeping import Kept, Noticed, Stood, rules_kept, standings, write
from core.alerts.rules import FeedSilent, Rule
from core.alerts.sights import Added, Background, Sight, Telling, sights_of, touches_of
from core.alerts.silences import Silences
from core.alerts.states import NORMAL, Event, Standing, step
from core.alerts.statuses import GROUP_WAIT_MS, Status
from core.market.candles import unix_ms

log = logging.getLogger(__name__)

__all__ = ["Added", "Noticing"]


class Noticing:
    """What a ledger calls with each batch; ``now`` is this machine's time, ``market_now`` the market's."""

    def __init__(self, market_now: Callable[[], datetime], now: Callable[[], datetime]) -> None:
        self._market_now, self._now = market_now, now

    def __call__(self, connection: Connection, added: Callable[[], Added]) -> None:
        try:
            with connection.begin_nested():
                self._notice(connection, added)
        except (ValueError, TypeError, LookupError, ArithmeticError):
            log.exception("What new entries mean for the rules of alerts could not be worked out.")

    def _notice(self, connection: Connection, made: Callable[[], Added]) -> None:
        rules = rules_kept(connection, held=True)
        if not rules:
            return
        added = made()
        background = Background.of(connection, [kept.rule for kept in rules], added)
        noticed = Noticed(standings(connection, rules))
        silences = Silences(connection, rules, unix_ms(self._now()))
        for kept in rules:
            for sight in sights_of(kept.rule, added, background):
                self._look(kept, sight, noticed, silences)
            for touch in touches_of(kept.rule, added, background):
                noticed.tell(self._row(kept, touch, Event.FIRED))
        write(connection, rules, noticed)

    def _look(self, kept: Kept, sight: Sight, noticed: Noticed, silences: Silences) -> None:
        key = kept.id, sight.series
        before = noticed.stood.get(key)
        candles = _new_candles(before, sight)
        if candles is None:
            return
        made = step(before.standing if before else _first(kept.rule), sight.seen, kept.rule.candles, candles)
        event = made.event
        if event and _is_wanted(kept, event):
            status = silences.status(kept, event, sight.telling, noticed)
            if status is not None:
                noticed.tell(self._row(kept, sight.telling, event, status))
        if made.standing is not None:
            noticed.stood[key] = self._stood_after(before, made.standing, sight.candle_open_ms)
            noticed.looked.add(key)

    def _stood_after(self, before: Stood | None, standing: Standing, candle_open_ms: int) -> Stood:
        same = before is not None and before.standing.state is standing.state
        since_ms = before.since_ms if before is not None and same else unix_ms(self._now())
        return Stood(standing, candle_open_ms, since_ms, before is not None and before.known)

    def _row(self, kept: Kept, telling: Telling, event: Event, status: Status = Status.WAITING) -> dict[str, Any]:
        now_ms, symbol, timeframe = unix_ms(self._now()), *telling.series
        if status is Status.WAITING:
            status = self._status(kept, telling, now_ms)
        return {
            "rule_id": kept.id,
            "rule_version": kept.version,
            "seq": telling.seq,
            "event": event,
            "symbol": symbol,
            "timeframe": timeframe.value,
            "closed_ms": telling.closed_ms,
            "said": telling.signal_json,
            "rule_name": kept.rule.name,
            "made_at_ms": now_ms,
            "status": status,
            "attempts": 0,
            "next_try_ms": now_ms + GROUP_WAIT_MS,
            "ended_at_ms": None if status is Status.WAITING else now_ms,
        }

    def _status(self, kept: Kept, telling: Telling, now_ms: int) -> Status:
        if telling.over_ms is not None and unix_ms(self._market_now()) >= telling.over_ms:
            return Status.LATE
        return Status.SILENCED if now_ms < kept.silenced_until_ms else Status.WAITING


def _first(rule: Rule) -> Standing | None:
    """A feed that is silent already is told of; a signal that meets a rule already is not."""
    return NORMAL if isinstance(rule.condition, FeedSilent) else None


def _new_candles(before: Stood | None, sight: Sight) -> int | None:
    """How many candles a sight adds to those that were seen; None where it is of an older one, or of the same."""
    if before is None or sight.candle_open_ms > before.candle_open_ms:
        return sight.candles
    if not sight.again or sight.candle_open_ms < before.candle_open_ms:
        return None
    return 0 if before.standing.candles else sight.candles


def _is_wanted(kept: Kept, event: Event) -> bool:
    """An end is told only where that is asked for."""
    return event is not Event.ENDED or kept.rule.tell_end
