"""Which part of one model is shown: its card, or the candles it got wrong."""

from __future__ import annotations

from core.wording.language import phrase
from pages.components.shared.parameters import OneOf

CARD, WRONG = phrase("Model card"), phrase("Candles it got wrong")

SHOW = OneOf("show", (CARD, WRONG), CARD)
