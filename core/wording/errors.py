"""Errors in the reader's language: an error is an English sentence where it is raised, and is known again by its text.

The catalogues have the texts of errors, which ``scripts.words`` finds, with ``{0}``, ``{1}`` for what was put into them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from core.wording.language import Language, catalogue, spoken_language

_PLACE = re.compile(r"\{(\d+)\}")


def error_in_words(text: str) -> str:
    """What an error said, in the reader's language; in English where no catalogue knows it."""
    language = spoken_language()
    return text if language is Language.ENGLISH else _translated(text, language)


@lru_cache(maxsize=1024)
def _translated(text: str, language: Language) -> str:
    for pattern, places, translation in _known(language):
        found = pattern.fullmatch(text)
        if found is not None:
            return _filled(
                translation,
                {place: _translated(part, language) for place, part in zip(places, found.groups(), strict=True)},
            )
    return text


def _filled(translation: str, put_in: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: put_in[place[1]], translation)


@cache
def _known(language: Language) -> list[tuple[re.Pattern[str], list[str], str]]:
    """Each text of an error as a pattern, with the numbers of its places and its translation; the longest first."""
    texts = [
        (str(message.id), str(message.string))
        for message in catalogue(language)
        if message.string and any(is_of_an_error(path) for path, _ in message.locations)
    ]
    return [
        (_pattern(text), _PLACE.findall(text), translation)
        for text, translation in sorted(texts, key=lambda pair: -len(_PLACE.sub("", pair[0])))
    ]


def is_of_an_error(path: str) -> bool:
    """Whether the texts of a module are those of errors: it stands below the words."""
    return path.startswith("core/") and not path.startswith("core/wording/")


def _pattern(text: str) -> re.Pattern[str]:
    parts = [part if at % 2 == 0 else None for at, part in enumerate(_PLACE.split(text))]
    return re.compile("".join("(.*?)" if part is None else re.escape(part) for part in parts), re.DOTALL)
