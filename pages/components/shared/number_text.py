"""Numbers and times as pages write them: aligned, signed, with units, a dash where there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from core.journal.slices import ENOUGH, Share
from core.measured import MeasuredAccuracy
from core.signals.trust import WEAK_ACCURACY
from core.wording.language import phrase, say, say_count
from core.wording.style import TYPESET, percent_sign

NONE = "–"


def price_text(price: float | None, tick_size: float | None) -> str:
    """A price with as many decimals as its tick has: ``64,210.5`` at a tick of 0.1; six digits where that is unknown."""
    if price is None:
        return NONE
    if tick_size is None:
        return f"{price:,.6g}"
    return f"{price:,.{price_decimals(tick_size)}f}"


def price_decimals(tick_size: float) -> int:
    """Decimals that prices in steps of ``tick_size`` need: 2 at 0.01, none at 5.0."""
    return max(-int(Decimal(repr(tick_size)).normalize().as_tuple().exponent), 0)


def percent_text(fraction: float | None, digits: int = 1) -> str:
    """A fraction as a percentage without a sign: ``0.482`` is ``48.2 %``."""
    return NONE if fraction is None else f"{fraction * 100:.{digits}f}{percent_sign()}"


def accuracy_share(accuracy: float) -> str:
    """An accuracy as a percentage, with more digits where it would look like the line it lies under."""
    return TYPESET.share(accuracy) if accuracy >= WEAK_ACCURACY else TYPESET.share_below(accuracy, WEAK_ACCURACY)


def accuracy_text(measured: MeasuredAccuracy) -> str:
    """An accuracy with what it takes to judge it: ``42.1 % right, baseline 36.4 %, n = 5,360``, broken at its commas only."""
    return _measured_text(phrase("{right} right, baseline {baseline}, n\u00a0=\u00a0{n:,}"), measured)


def beaten_text(measured: MeasuredAccuracy) -> str:
    """As accuracy_text and no longer, of a model that always calling one class would beat."""
    return _measured_text(phrase("{right} right ≤ baseline {baseline}, n\u00a0=\u00a0{n:,}"), measured)


def _measured_text(text: str, measured: MeasuredAccuracy) -> str:
    right, baseline = accuracy_share(measured.accuracy), TYPESET.share(measured.majority_accuracy)
    return say(text, right=right, baseline=baseline, n=measured.n)


def change_text(fraction: float | None, digits: int = 2) -> str:
    """A relative change with its sign: ``-0.0124`` is ``−1.24 %``; what rounds to zero has none."""
    if fraction is None:
        return NONE
    size = f"{abs(fraction) * 100:.{digits}f}"
    sign = "" if float(size) == 0 else "−" if fraction < 0 else "+"
    return f"{sign}{size}{percent_sign()}"


def score_text(score: float, digits: int = 2) -> str:
    """A number with its sign: ``+0.42``, ``−0.07``, ``0.00``."""
    size = f"{abs(score):.{digits}f}"
    sign = "" if float(size) == 0 else "−" if score < 0 else "+"
    return sign + size


def ends_text(low: float, high: float) -> str:
    """An interval of what is told from 0: ``+0.0004 to +0.012``."""
    return say("{low} to {high}", low=TYPESET.around_zero(low), high=TYPESET.around_zero(high))


def skill_text(skill: float, low: float, high: float) -> str:
    """A skill with its interval: ``+0.030 (+0.011 to +0.049)``."""
    return say("{skill} ({interval})", skill=TYPESET.around_zero(skill), interval=ends_text(low, high))


def points_text(difference: float) -> str:
    """A difference of two shares in percentage points, with its sign: ``+6.2``, ``−0.4``, ``0.0``."""
    return score_text(difference * 100, 1)


def duration_text(duration: timedelta | None) -> str:
    """The two largest units of a duration: ``45 min``, ``2 h 15 min``, ``3 d 4 h``."""
    if duration is None:
        return NONE
    minutes = max(round(duration.total_seconds() / 60), 0)
    if minutes < 60:
        return say("{minutes} min", minutes=minutes)
    if minutes < 1440:
        hours, rest = divmod(minutes, 60)
        return say("{hours} h {rest} min", hours=hours, rest=rest) if rest else say("{hours} h", hours=hours)
    days, rest = divmod(round(minutes / 60), 24)
    return say("{days} d {rest} h", days=days, rest=rest) if rest else say("{days} d", days=days)


def offset_text(moment: datetime) -> str:
    """How far the zone of a moment is from UTC: ``UTC``, ``UTC+2``, ``UTC+5:30``, ``UTC−3``; clock.js writes it alike."""
    return TYPESET.in_zone(moment.tzinfo).offset(moment)


def coins_text(count: int) -> str:
    """How many there are: ``1 coin``, ``0 coins``, ``5,360 coins``."""
    return say_count("{count} coin", "{count} coins", count)


def candles_text(count: int) -> str:
    return say_count("{count} candle", "{count} candles", count)


def models_text(count: int) -> str:
    return say_count("{count} model", "{count} models", count)


def signals_text(count: int) -> str:
    return say_count("{count} signal", "{count} signals", count)


def days_text(count: int) -> str:
    return say_count("{count} day", "{count} days", count)


def number_text(number: float) -> str:
    """A number without needless decimals: ``180``, ``1,000``, ``2.5``."""
    return f"{number:,.10g}"


NOT_ENOUGH = phrase("not enough yet")


def too_few_text(n: int, independent: float) -> str:
    """``29 of 30``, or where only that is too little, what so many are worth: ``510, worth about 1``."""
    if n < ENOUGH:
        return say("{n:,} of {enough}", n=n, enough=ENOUGH)
    return say("{n:,}, worth about {independent}", n=n, independent=max(round(independent), 1))


def interval_text(share: Share) -> str:
    return say(
        "{sure} interval {low:.1f} to {high:.1f}{percent}",
        sure=say(TYPESET.sure),
        low=share.low * 100,
        high=share.high * 100,
        percent=percent_sign(),
    )


def share_and_interval_text(share: Share) -> str:
    """``66 % (95 % interval 58.0 to 73.1 %)``, or of too few to be a figure ``12 (not enough yet: 18 of 30)``."""
    if share.enough:
        return say("{share} ({interval})", share=percent_text(share.share, 0), interval=interval_text(share))
    few = too_few_text(share.n, share.independent)
    return say("{hits:,} ({not_enough}: {few})", hits=share.hits, not_enough=say(NOT_ENOUGH), few=few)
