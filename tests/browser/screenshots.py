"""Pictures of pages, small enough to keep, and how far two of them differ."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

APPROVED = Path(__file__).with_name("approved")

WIDTHS = {390: 844, 1440: 900, 1920: 1080}
"""Width and height of each window, in pixels."""

THEMES = ("dark", "light")

PAGES = {
    "signals": "",
    "coin": "coin?symbol=ETHUSDT&timeframe=1h",
    "timeframes": "timeframes",
    "model_quality": "model_quality",
    "track_record": "track_record",
    "changes": "changes",
    "alerts": "alerts",
    "compare": "compare?coins=BTC,ETH,SOL&timeframe=1h",
    "method": "method",
    "glossary": "glossary",
}
"""The address of each page."""

COLOURS = 48
"""In a picture that is kept: a page has few, and a palette takes a quarter of the room."""

UNLIKE = 40
"""Of 255: by so much a pixel differs that is another one; fonts are smoothed a little differently everywhere."""

MOST_UNLIKE = 0.02
"""Of all pixels: a figure that is another one, but no part of the page that moved, is missing or has another colour."""


def approved(page: str, theme: str, width: int) -> Path:
    """Where the picture that somebody looked at is kept."""
    return APPROVED / f"{width}-{theme}-{page}.png"


def picture_of(page: Page) -> Image.Image:
    """What the window shows, half as wide and high, in few colours."""
    whole = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    return reduced(whole)


def reduced(picture: Image.Image) -> Image.Image:
    """Half as wide and high: one pixel is the mean of four."""
    half = picture.reduce(2)
    return half.quantize(COLOURS, dither=Image.Dither.NONE)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ, of pictures made a little softer; 1 where one is larger than the other."""
    if one.size != other.size:
        return 1.0
    soft = [each.convert("RGB").filter(ImageFilter.BoxBlur(1)) for each in (one, other)]
    differences = ImageChops.difference(*soft).convert("L").point(lambda value: 255 * (value > UNLIKE))
    return differences.histogram()[255] / (one.width * one.height)
