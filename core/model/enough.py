"""From how many answers on a share is given an interval: under it a bootstrap draws the same few again and shows no width."""

from __future__ import annotations

ENOUGH = 30
"""Candles. Five that all came true give 100 % to 100 %, which nobody knows of them."""
