"""Brings the catalogues of other languages in step with what the code says: new texts are added, dropped ones go.

Names every text that a language has no words for yet: put them into core/wording/catalogues.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import count
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

if not __package__:
    import run_by_path  # noqa: F401

from core.wording.language import CATALOGUES, Language, catalogue

PROJECT = Path(__file__).resolve().parents[1]

KEYWORDS = {"say": None, "phrase": None, "say_count": (1, 2), "sayCount": (1, 2)}
"""The functions whose first arguments are texts, in Python and in the browser's scripts."""

METHODS = {".py": "python", ".js": "javascript"}

SPEAKING = ("core/wording", "pages")

ERRORS = (
    "core/domain.py",
    "core/text.py",
    "core/alerts/book.py",
    "core/alerts/rules.py",
    "core/alerts/targets.py",
    "core/journal/authority.py",
    "core/journal/database.py",
    "core/journal/errors.py",
    "core/journal/migrating.py",
    "core/journal/recorder.py",
    "core/journal/server.py",
    "core/journal/store.py",
    "core/market/chooser.py",
    "core/market/errors.py",
    "core/market/exchange.py",
    "core/market/following.py",
    "core/market/past.py",
    "core/market/series.py",
    "core/market/simulated.py",
    "core/model/evaluated.py",
    "core/signals/explanation.py",
    "pages/components/shared/beside.py",
)
"""Modules whose errors readers of pages meet. What is the matter with a file is told to whoever put it there, in English."""

TRANSLATED = tuple(language for language in Language if language is not Language.ENGLISH)


def texts_of(path: Path) -> Iterator[str | tuple[str, ...]]:
    """What a file says, as keys of a catalogue: a text, or those of one and of many."""
    with path.open("rb") as file:
        for _, text, _, _ in extract(METHODS[path.suffix], file, keywords=KEYWORDS):
            yield text


def errors_of(path: Path) -> Iterator[str]:
    """The sentences and clauses of a module's errors, with numbers for what is put into them: ``{0} is no date.``"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spared = {id(inner) for node in ast.walk(tree) if _is_no_error(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in spared and (text := _template(node)) is not None:
            spared |= {id(inner) for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= LEAST_WORDS and not NO_ERROR.match(text):
                yield text


LEAST_WORDS = 2

NO_ERROR = re.compile(
    r"PRAGMA|SELECT|BEGIN|CREATE|REPEATABLE|python |no such table|Could not decode|integer overflow|\S*$"
)
"""SQL, commands, and what databases say."""


def _is_no_error(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called.startswith("log.") or called in {"text", "getLogger"}


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    numbers = count()
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{next(numbers)}}}" for part in node.values
    )


def catalog_of_code() -> Catalog:
    """Every text that a speaking file or an error holds, with where it stands."""
    catalog = Catalog(fuzzy=False)
    for name in ERRORS:
        for sentence in errors_of(PROJECT / name):
            catalog.add(sentence, locations=[(name, 0)])
    for folder in SPEAKING:
        for path in sorted(path for path in (PROJECT / folder).rglob("*") if path.suffix in METHODS):
            for text in texts_of(path):
                catalog.add(text, locations=[(path.relative_to(PROJECT).as_posix(), 0)])
    return catalog


def brought_up_to_date(language: Language, in_code: Catalog) -> Catalog:
    """The catalogue of ``language`` with the texts of ``in_code``, each with the words it had; none are guessed."""
    known = catalogue(language) if (CATALOGUES / f"{language}.po").exists() else Catalog(locale=str(language))
    newest = Catalog(locale=str(language), fuzzy=False, header_comment=f"# What Candor says in {language}.")
    for message in in_code:
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


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser("words", description=(__doc__ or "").partition("\n")[0]).parse_args(arguments)
    in_code, missing = catalog_of_code(), 0
    for language in TRANSLATED:
        words = brought_up_to_date(language, in_code)
        (CATALOGUES / f"{language}.po").write_bytes(file_of(words))
        for text in untranslated(words):
            print(f"{language}: {text}")
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
