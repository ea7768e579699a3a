"""Brings the catalogues of other languages in step with what the code says: new texts are added, dropped ones go.

Names every text that a language has no words for yet: put them into core/wording/catalogues.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from core.wording.language import CATALOGUES, Language, catalogue

PROJECT = Path(__file__).resolve().parents[1]

KEYWORDS = {"say": None, "phrase": None, "say_count": (1, 2), "sayCount": (1, 2)}
"""The functions whose first arguments are texts, in Python and in the browser's scripts."""

METHODS = {".py": "python", ".js": "javascript"}

SPEAKING = ("core/wording", "pages")

TRANSLATED = tuple(language for language in Language if language is not Language.ENGLISH)


def texts_of(path: Path) -> Iterator[str | tuple[str, ...]]:
    """What a file says, as keys of a catalogue: a text, or those of one and of many."""
    with path.open("rb") as file:
        for _, text, _, _ in extract(METHODS[path.suffix], file, keywords=KEYWORDS):
            yield text


def said_in_code() -> Catalog:
    """Every text that a speaking file holds, with where it stands."""
    said = Catalog(fuzzy=False)
    for folder in SPEAKING:
        for path in sorted(path for path in (PROJECT / folder).rglob("*") if path.suffix in METHODS):
            for text in texts_of(path):
                said.add(text, locations=[(path.relative_to(PROJECT).as_posix(), 0)])
    return said


def brought_up_to_date(language: Language, said: Catalog) -> Catalog:
    """The catalogue of ``language`` with the texts of ``said``, each with the words it had; none are guessed."""
    known = catalogue(language) if (CATALOGUES / f"{language}.po").exists() else Catalog(locale=str(language))
    newest = Catalog(locale=str(language), fuzzy=False, header_comment=f"# What Candor says in {language}.")
    for message in said:
        if message.id:
            before = known.get(message.id)
            newest.add(message.id, before.string if before else "", locations=sorted(set(message.locations)))
    return newest


def file_of(words: Catalog) -> bytes:
    """A catalogue as its file holds it: without dates and line numbers, which would change with every commit."""
    written = BytesIO()
    write_po(written, words, width=120, omit_header=True, include_lineno=False, sort_output=True)
    return written.getvalue()


def untranslated(words: Catalog) -> list[str]:
    return [str(message.id) for message in words if message.id and not any(_forms(message.string))]


def _forms(string: object) -> tuple[object, ...]:
    return string if isinstance(string, tuple) else (string,)


def main() -> int:
    said, missing = said_in_code(), 0
    for language in TRANSLATED:
        words = brought_up_to_date(language, said)
        (CATALOGUES / f"{language}.po").write_bytes(file_of(words))
        for text in untranslated(words):
            print(f"{language}: {text}")
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
