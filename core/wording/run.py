"""How far the price has gone since a call."""

from __future__ import annotations

from core.prediction import BarrierRun
from core.wording.language import phrase, say
from core.wording.style import Style


def barrier_run(run: BarrierRun, style: Style) -> str:
    """``0.7 of 2.2 ATR already run upwards (12:45 UTC): 1.5 to the upper barrier, 2.9 to the lower.``"""
    if round(abs(run.atr), 1) == 0:
        text = phrase("{gone:.1f} of {barrier:.1f} ATR already run ({until}): {ahead}.")
    elif run.atr > 0:
        text = phrase("{gone:.1f} of {barrier:.1f} ATR already run upwards ({until}): {ahead}.")
    else:
        text = phrase("{gone:.1f} of {barrier:.1f} ATR already run downwards ({until}): {ahead}.")
    return say(text, gone=abs(run.atr), barrier=run.barrier_atr, until=style.hour(run.until), ahead=_ahead(run))


def _ahead(run: BarrierRun) -> str:
    if run.touched_upper and run.touched_lower:
        return say("both barriers have been touched since the call")
    if run.touched_upper:
        return say("the upper barrier has been touched since the call")
    if run.touched_lower:
        return say("the lower barrier has been touched since the call")
    up, down = run.barrier_atr - run.atr, run.barrier_atr + run.atr
    return say("{up:.1f} to the upper barrier, {down:.1f} to the lower", up=up, down=down)
