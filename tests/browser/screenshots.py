"""Pictures of pages, small enough to keep, and how far two of them differ."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

APPROVED = Path(__file__).with_name("approved")
PICTURES = Path(__file__).resolve().parents[2] / "pages" / "pictures"

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

COLOURS = 16
"""In a picture that is kept: a page has few, and half a byte for each pixel takes an eighth of the room."""

SMALLER = {390: 2, 1440: 2, 1920: 3}
"""By how much a picture of each window is smaller than the window."""

UNLIKE = 40
"""Of 255: by so much a pixel differs that is another one; fonts are smoothed a little differently everywhere."""

MOST_UNLIKE = 0.02
"""Of all pixels: a figure that is another one, but no part of the page that moved, is missing or has another colour."""


MOST_TRIES = 20
"""Until a page that never comes to rest is taken as it is."""

COLOURS_IN_README = 256

IN_README = {"signals", "coin"}
"""Pages of which README shows a picture, as they are in a dark window of 1440 pixels."""


def shown_in_readme(page: str, theme: str, width: int) -> Path | None:
    """Where README's picture of it lies, which is as large as the window; None where README shows none."""
    return PICTURES / f"{page}.png" if page in IN_README and (theme, width) == ("dark", 1440) else None


def approved(page: str, theme: str, width: int) -> Path:
    """Where the picture that somebody looked at is kept."""
    return APPROVED / f"{width}-{theme}-{page}.png"


def seen_in(page: Page) -> Image.Image:
    """What the window shows once two looks after each other see the same: what opens is moved by a script of Streamlit's."""
    seen = page.screenshot(animations="disabled", caret="hide")
    for _ in range(MOST_TRIES):
        before, seen = seen, page.screenshot(animations="disabled", caret="hide")
        if seen == before:
            break
    return Image.open(BytesIO(seen)).convert("RGB")


def reduced(picture: Image.Image, times: int = 2) -> Image.Image:
    """So many times less wide and high, where one pixel is the mean of several, in few colours."""
    return in_colours(picture.reduce(times), COLOURS)


def in_colours(picture: Image.Image, count: int) -> Image.Image:
    """The picture in ``count`` colours, each pixel in the nearest; the rare ones that say most, red and green, are among them."""
    return picture.quantize(count, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ, of pictures made a little softer; 1 where one is larger than the other."""
    if one.size != other.size:
        return 1.0
    soft = [each.convert("RGB").filter(ImageFilter.BoxBlur(1)) for each in (one, other)]
    differences = ImageChops.difference(*soft).convert("L").point(lambda value: 255 * (value > UNLIKE))
    return differences.histogram()[255] / (one.width * one.height)
