"""What the address of the signals page asks for, and what in it means nothing. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from core.domain import Direction, Timeframe
from core.signals.bands import Band
from core.text import shorten, words_in
from core.wording.language import listed, say
from pages.components.shared.watchlist import MINE, coins_in
from pages.components.signals.filters import Filters, Measure, Sort

Address = Mapping[str, Sequence[str]]
"""The values of each parameter."""

Word = TypeVar("Word", bound=StrEnum)


class Layout(StrEnum):
    """How signals are laid out."""

    CARDS = "Cards"
    TABLE = "Table"


class Weak(StrEnum):
    """Whether the signals of weak models are listed."""

    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that holds something unusable, and what that means."""

    parameter: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What an analyst looks at. ``slider`` is what the slider asks a minimum of."""

    timeframe: Timeframe
    layout: Layout
    filters: Filters
    sort: Sort
    slider: Measure
    weak: Weak
    problems: tuple[Problem, ...] = ()


def read_view(address: Address) -> View:
    """The view that ``address`` names; what it does not name, or not usably, is as the page is without an address."""
    reader = _Reader(address)
    filters = Filters(
        min_confidence=reader.percent("min_confidence"),
        min_move=reader.percent("min_move"),
        min_side=reader.percent("min_side"),
        directions=frozenset(reader.several("directions", Direction)),
        bands=frozenset(reader.several("bands", Band)),
        trusted_only=reader.switch("trusted_only"),
        watch=reader.coins("watch"),
        search=reader.text("search"),
    )
    asked_of = next((measure for measure, least in filters.minimums.items() if least), Measure.CONFIDENCE)
    return View(
        timeframe=reader.one("timeframe", Timeframe.M15),
        layout=reader.one("view", Layout.CARDS),
        filters=filters,
        sort=reader.one("sort", Sort.UNUSUAL),
        slider=reader.one("slider", asked_of),
        weak=reader.one("weak", Weak.SHOWN),
        problems=tuple(reader.problems),
    )


class _Reader:
    """Reads parameters one by one, and notes those that mean nothing."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return (self._address.get(name) or [""])[-1].strip()

    def one(self, name: str, default: Word) -> Word:
        text = self.text(name)
        word = _word(text, type(default))
        if word is None and text:
            self._refuse(
                name,
                text,
                say("choose one of {listed}; {value} is shown", listed=_listed(type(default)), value=default.value),
            )
        return default if word is None else word

    def several(self, name: str, words: type[Word]) -> list[Word]:
        texts = [text for value in self._address.get(name, ()) for text in words_in(value)]
        found = {text: _word(text, words) for text in texts}
        for text, word in found.items():
            if word is None:
                self._refuse(name, text, say("choose among {words}", words=_listed(words)))
        return [word for word in found.values() if word is not None]

    def coins(self, name: str) -> frozenset[str]:
        text = self.text(name)
        coins = coins_in(text)
        if text not in {"", MINE} and not coins:
            self._refuse(name, text, say("write coins apart by commas, such as BTCUSDT,ETHUSDT"))
        return coins

    def switch(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in {"", "true", "false"}:
            self._refuse(name, text, say("write true or false"))
        return text == "true"

    def percent(self, name: str) -> float:
        """A fraction of what is written in percent."""
        text = self.text(name).rstrip("% ")
        if not text:
            return 0.0
        try:
            percent = float(text)
        except ValueError:
            percent = -1.0
        if not 0 <= percent <= 100:
            self._refuse(name, text, say("write a number of percent from 0 to 100"))
            return 0.0
        return percent / 100

    def _refuse(self, name: str, got: str, wanted: str) -> None:
        self.problems.append(
            Problem(
                name,
                say(
                    "This address asks for {name}={got}, which means nothing: {wanted}.",
                    name=name,
                    got=shorten(got),
                    wanted=wanted,
                ),
            )
        )


def _word(text: str, words: type[Word]) -> Word | None:
    return next((word for word in words if word.value.lower() == text.lower()), None)


def _listed(words: Iterable[StrEnum]) -> str:
    return listed(word.value for word in words)
