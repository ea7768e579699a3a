"""English: how far the price has gone since a call."""

from __future__ import annotations

from core.prediction import BarrierRun
from core.wording.style import Style


def barrier_run(run: BarrierRun, _: Style) -> str:
    """``0.7 of 2.2 ATR already run upwards (12:45 UTC): 1.5 to the upper barrier, 2.9 to the lower.``"""
    gone = f"{abs(run.atr):.1f} of {run.barrier_atr:.1f} ATR already run"
    way = "" if round(abs(run.atr), 1) == 0 else " upwards" if run.atr > 0 else " downwards"
    return f"{gone}{way} ({run.until:%H:%M} UTC): {_ahead(run)}."


def _ahead(run: BarrierRun) -> str:
    if run.touched_upper and run.touched_lower:
        return "both barriers have been touched since the call"
    if run.touched_upper or run.touched_lower:
        return f"the {'upper' if run.touched_upper else 'lower'} barrier has been touched since the call"
    up, down = run.barrier_atr - run.atr, run.barrier_atr + run.atr
    return f"{up:.1f} to the upper barrier, {down:.1f} to the lower"
