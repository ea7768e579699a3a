"""What the address of a page can ask for: each parameter is declared once, and says what it cannot read.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from core.domain import Timeframe, resolve_symbol
from core.errors import UnknownSymbol
from core.market.candles import unix_ms
from core.text import closest, shorten, words_in
from core.wording.language import in_a_row, listed, say, say_count
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.shared.row_order import RowOrder
from pages.components.shared.watchlist import MINE, coins_in, nothing_watched_text

Address = Mapping[str, Sequence[str]]
"""The values of each parameter."""

DEFAULT_TIMEFRAME = Timeframe.H1
"""Of one coin, or of a few beside each other, where no address names another."""

Value_co = TypeVar("Value_co", covariant=True)
Word = TypeVar("Word", bound=str)

NOBODY_TYPED = {"embed", "embed_options", "gclid", "fbclid", "msclkid"}
"""Streamlit's own parameters, and what others append to links to follow them; beside these all that begin with utm_."""

MOST_NAMED = 8
"""An address can hold thousands of parameters; a box of so many lines would be the page."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something in an address that cannot be read; ``left`` are the values of the parameter without it."""

    parameter: str
    text: str
    left: tuple[str, ...] = ()
    alone: bool = False
    """Without it there is nothing to show: the page says so in the place of all else."""


@dataclass(frozen=True)
class Parameter(ABC, Generic[Value_co]):
    """Something that an address can ask for under one name."""

    name: str

    @abstractmethod
    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[Value_co, list[Unusable]]:
        """What ``values`` ask for, as the page shows it, and what of them cannot be read; ``known`` are the market's coins."""

    def _refuse(self, got: str, why: str, instead: str, left: Iterable[str] = (), alone: bool = False) -> Unusable:
        asked = say("The address asks for {name}={got}.", name=self.name, got=shorten(got))
        return Unusable(self.name, in_a_row(asked, why, instead), tuple(left), alone)

    def _last(self, values: Sequence[str]) -> tuple[str, list[Unusable]]:
        """A page can follow one value: the last, as browsers' forms have it."""
        different = list(dict.fromkeys(value.strip() for value in values))
        last = values[-1].strip() if values else ""
        if len(different) < 2:
            return last, []
        why = say("Expected one value.")
        return last, [self._refuse(", ".join(different), why, _shown(shorten(last)), [last])]


@dataclass(frozen=True)
class Text(Parameter[str]):
    """Whatever somebody typed."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[str, list[Unusable]]:
        return self._last(values)


@dataclass(frozen=True)
class OneOf(Parameter[Word]):
    """One of ``choices``. ``default`` where nothing is asked; ``shown`` says it where it is no word of the choices.

    Where it is ``needed`` nothing is shown without it.
    """

    choices: tuple[Word, ...]
    default: Word
    shown: str = ""
    needed: bool = False

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[Word, list[Unusable]]:
        text, unusable = self._last(values)
        word = _word(text, self.choices)
        if word is not None or not text:
            return self.default if word is None else word, unusable
        instead = say(self.shown) if self.shown else _shown(self.default)
        return self.default, [self._refuse(text, _choose(text, self.choices), instead, alone=self.needed)]


@dataclass(frozen=True)
class Several(Parameter[tuple[Word, ...]]):
    """Some of ``choices``, apart by commas or repeated; none means all."""

    choices: tuple[Word, ...]

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[tuple[Word, ...], list[Unusable]]:
        found = {text: _word(text, self.choices) for value in values for text in words_in(value)}
        usable = tuple(dict.fromkeys(word for word in found.values() if word is not None))
        left = [",".join(usable)] if usable else []
        instead = say("It is left out.") if usable else say("All of them are shown instead.")
        return usable, [
            self._refuse(text, _choose(text, self.choices), instead, left)
            for text, word in found.items()
            if word is None
        ]


@dataclass(frozen=True)
class Switch(Parameter[bool]):
    """On or off."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[bool, list[Unusable]]:
        text, unusable = self._last(values)
        if text.lower() in {"", "true", "false"}:
            return text.lower() == "true", unusable
        return False, [self._refuse(text, say("Expected true or false."), _shown("false"))]


@dataclass(frozen=True)
class Percent(Parameter[float]):
    """A fraction, written in percent."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[float, list[Unusable]]:
        text, unusable = self._last(values)
        try:
            percent = float(text.rstrip("% ") or "0")
        except ValueError:
            percent = -1.0
        if 0 <= percent <= 100:
            return percent / 100, unusable
        return 0.0, [self._refuse(text, say("Expected a number of percent from 0 to 100."), _shown("0"))]


@dataclass(frozen=True)
class OpenTime(Parameter[int | None]):
    """The time at which a candle opened (Unix ms): ``2025-09-03T12:00``, UTC."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[int | None, list[Unusable]]:
        text, unusable = self._last(values)
        try:
            moment = datetime.fromisoformat(text) if text else None
            if moment is None:
                return None, unusable
            return unix_ms(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)), unusable
        except (ValueError, OverflowError):
            why = say("Expected the time at which a candle opened, such as 2025-09-03T12:00.")
            return None, [self._refuse(text, why, say("The newest candles are shown instead."))]


@dataclass(frozen=True)
class Order(Parameter[RowOrder]):
    """By which of ``columns`` rows are ordered, with a minus before it from the largest on."""

    columns: Collection[str]
    default: RowOrder

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[RowOrder, list[Unusable]]:
        text, unusable = self._last(values)
        order = RowOrder.parse(text, self.columns, self.default)
        if not text or text.removeprefix("-") in self.columns:
            return order, unusable
        why = in_a_row(_choose(text, list(self.columns)), say("A minus before it begins with the largest."))
        return order, [self._refuse(text, why, _shown(str(self.default)))]


@dataclass(frozen=True)
class Coin(Parameter[str | None]):
    """One coin of the market; None where nothing, or none of them, is named."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[str | None, list[Unusable]]:
        text, unusable = self._last(values)
        try:
            return (resolve_symbol(text, known) if text else None), unusable
        except UnknownSymbol as error:
            return None, [self._refuse(text, error_text(error, TYPESET), say("Nothing is shown."), alone=True)]


@dataclass(frozen=True)
class Coins(Parameter[tuple[str, ...]]):
    """So many coins of the market, apart by commas; ``default`` where the address names none at all."""

    fewest: int
    most: int
    default: str

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[tuple[str, ...], list[Unusable]]:
        found: dict[str, str | None] = {}
        unusable: list[Unusable] = []
        refused: dict[str, str] = {}
        for text in words_in(",".join(values) if values else self.default):
            try:
                found[resolve_symbol(text, known)] = text
            except UnknownSymbol as error:
                refused[text] = error_text(error, TYPESET)
        symbols = tuple(found)
        if not values:
            return symbols, []
        left = [",".join(symbols[: self.most])] if symbols else []
        too_few = len(symbols) < self.fewest
        instead = say("Nothing is compared.") if too_few else say("It is left out.")
        unusable += [self._refuse(text, why, instead, left) for text, why in refused.items()]
        expected = say("Expected {fewest} to {most} coins.", fewest=self.fewest, most=self.most)
        if len(symbols) > self.most:
            first = say("The first {most} are shown.", most=self.most)
            unusable.append(self._refuse(",".join(values), expected, first, left))
        if too_few and not refused:
            unusable.append(self._refuse(",".join(values), expected, instead))
        return symbols[: self.most], unusable


@dataclass(frozen=True)
class Watched(Parameter[frozenset[str]]):
    """The coins of somebody's watchlist, which another market may lack; none means every coin."""

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[frozenset[str], list[Unusable]]:
        text, unusable = self._last(values)
        coins = coins_in(text)
        if not text:
            return coins, unusable
        if text == MINE:  # a browser that watches some puts them in its place
            return coins, [*unusable, self._refuse(MINE, nothing_watched_text(), say("Every coin is shown instead."))]
        here = [coin for coin in coins if not known or coin in known]
        left = [",".join(sorted(here))] if here else []
        why = say("Expected coins apart by commas, such as BTCUSDT,ETHUSDT.")
        instead = say("It is left out.") if coins else say("Every coin is shown instead.")
        wrong = [word for word in words_in(text) if not coins_in(word)]
        unusable += [self._refuse(word, why, instead, left) for word in wrong]
        elsewhere = say("This market does not have that coin."), say("It is left out.")
        return coins, unusable + [self._refuse(coin, *elsewhere, left) for coin in sorted(coins - set(here))]


@dataclass(frozen=True)
class NoPage(Parameter[None]):
    """A page that somebody asked for and that there is not (see first_page.py), unlike these ``pages``."""

    pages: Collection[str]

    def read(self, values: Sequence[str], known: Collection[str] = ()) -> tuple[None, list[Unusable]]:
        page = values[-1] if values else ""
        none = say("There is no page {page!r}.", page=shorten(page))
        near = _did_you_mean(page.partition("/")[0], self.pages)
        text = in_a_row(none, near, say("Signals is shown instead."))
        return None, [Unusable(self.name, text)] if page else []


# ---------------------------------------------------------------- a whole address


def unusable_in(address: Address, parameters: Sequence[Parameter[object]], known: Collection[str]) -> list[Unusable]:
    """All that cannot be read in the address of a page that has these ``parameters``, its own first, but what it says itself."""
    by_name = {parameter.name: parameter for parameter in parameters}
    names = [each.name for each in parameters if not isinstance(each, NoPage)]
    own = [each for name, of in by_name.items() if name in address for each in of.read(address[name], known)[1]]
    others = (name for name in address if name not in {*by_name, *NOBODY_TYPED} and not name.startswith("utm_"))
    found = [each for each in own if not each.alone]
    found += (Unusable(name, _unknown(name, names)) for name in others)
    if len(found) <= MOST_NAMED:
        return found
    return [*found[:MOST_NAMED], _and_more(found[MOST_NAMED:])]


def _unknown(name: str, names: Collection[str]) -> str:
    near = _did_you_mean(name, names)
    if not near:
        near = say("It has: {names}.", names=listed(names)) if names else say("It has no parameters.")
    return in_a_row(
        say("This page has no parameter {name!r}.", name=shorten(name)), near, say("The page is shown without it.")
    )


def _and_more(rest: Sequence[Unusable]) -> Unusable:
    text = say_count(
        "{count} more part of this address cannot be read.",
        "{count} more parts of this address cannot be read.",
        len(rest),
    )
    return Unusable(rest[0].parameter, text)


# ---------------------------------------------------------------- words


def _word(text: str, words: Iterable[Word]) -> Word | None:
    return next((word for word in words if str(word).lower() == text.strip().lower()), None)


def _choose(text: str, choices: Sequence[str]) -> str:
    return in_a_row(_did_you_mean(text, choices), say("Choose one of: {choices}.", choices=listed(map(str, choices))))


def _did_you_mean(text: str, choices: Collection[str]) -> str:
    near = closest(text.lower()[:60], {str(choice).lower(): choice for choice in choices})
    return say("Did you mean {near}?", near=_word(near, map(str, choices))) if near is not None else ""


def _shown(value: str) -> str:
    return say("{value} is shown instead.", value=value)
