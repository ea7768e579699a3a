"""Every visible word in the language of whoever reads: an English text is the key to what other languages say instead.

The catalogues are gettext's (catalogues/zh.po); ``python -m scripts.words`` keeps them in step with the code, for Python
and for the browser's scripts (see speech.js). What has no translation is said in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).with_name("catalogues")


class Language(StrEnum):
    """The languages Candor speaks. The values name their catalogues, and stand in cookies."""

    ENGLISH = "en"
    CHINESE = "zh"


def language_named(tag: str | None) -> Language:
    """The language of a tag such as ``zh-CN`` or ``en``; English where it is none of Candor's."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return Language(primary) if primary in set(Language) else Language.ENGLISH


# ---------------------------------------------------------------- whom one speaks to

_spoken: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)
"""English, unless somebody is known to read: programs, logs and the ledger are told nothing else."""


def spoken_language() -> Language:
    """The one in which ``say`` speaks here and now."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Speak ``language`` from now on, in this thread or task."""
    _spoken.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak ``language`` inside the block."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


# ---------------------------------------------------------------- what is said


def say(text: str, /, **facts: object) -> str:
    """``text`` in the reader's language, with ``facts`` in the places that it names as ``str.format`` does."""
    translated = _words(_spoken.get()).get(text, text)
    return translated.format(**facts) if facts else translated


def say_count(one: str, many: str, count: int, /, **facts: object) -> str:
    """``one`` of a single thing, ``many`` of any other number, which stands at ``{count}``: ``1 coin``, ``5,360 coins``.

    A language without plural forms has one text for both.
    """
    translated = _words(_spoken.get()).get(one, one if count == 1 else many)
    return translated.format(count=f"{count:,}", **facts)


def phrase(text: str, /) -> str:
    """A text that is said later, by ``say``: what a module names once, readers of every language are told."""
    return text


def in_a_row(*sentences: str) -> str:
    """Sentences after each other, those that are empty left out; after a full-width full stop there is no space."""
    joined = ""
    for sentence in filter(None, sentences):
        joined += sentence if not joined or joined.endswith(_FULL_STOPS) else f" {sentence}"
    return joined


def listed(names: Iterable[str]) -> str:
    """Names one after the other, with what stands between them: ``15m, 1h``, ``15m、1h``."""
    joined = ""
    for name in names:
        joined = say("{names}, {name}", names=joined, name=name) if joined else name
    return joined


_FULL_STOPS = ("。", "；", "：", "！", "？")


# ---------------------------------------------------------------- catalogues


def catalogue_file(language: Language) -> bytes:
    """What is in the file of a language's catalogue."""
    return (CATALOGUES / f"{language}.po").read_bytes()


def catalogue(language: Language) -> Catalog:
    """All that is said in ``language``, as it stands in its file."""
    return _catalogue_in(catalogue_file(language), language)


def words_of(language: Language, *places: str) -> dict[str, str]:
    """What ``language`` says for each text of the files whose paths end in one of ``places``; of all without any."""
    return {} if language is Language.ENGLISH else words_in(catalogue_file(language), language, *places)


def words_in(file: bytes, language: Language, *places: str) -> dict[str, str]:
    """As words_of, with what was in the catalogue's file when somebody read it."""
    return {
        _first(message.id): _first(message.string)
        for message in _catalogue_in(file, language)
        if message.id and _first(message.string) and _stands_in(message, places)
    }


def _catalogue_in(file: bytes, language: Language) -> Catalog:
    return read_po(BytesIO(file), locale=str(language))


def _first(forms: str | Sequence[str] | None) -> str:
    """A text, or its form of one thing: the key that ``say_count`` looks up; empty where there is none."""
    return forms if isinstance(forms, str) else (forms or [""])[0]


def _stands_in(message: Message, places: tuple[str, ...]) -> bool:
    return not places or any(path.endswith(places) for path, _ in message.locations)


@cache
def _words(language: Language) -> Mapping[str, str]:
    return words_of(language)
