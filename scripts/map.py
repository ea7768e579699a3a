"""Print the map of the house: every module with the first paragraph of its docstring.

python -m scripts.map [FOLDER]
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from core.settings import PROJECT

MAPPED = ("app.py", "core", "pages", "scripts")


def main() -> None:
    parser = argparse.ArgumentParser(description="Print every module with the first paragraph of its docstring.")
    parser.add_argument("folder", nargs="?", default=".", help="only what lies below it, such as core/model")
    folder = parser.parse_args().folder
    found = list(lines(PROJECT, folder))
    if not found:
        parser.error(f"there is no module below {folder!r}; expected a folder such as core/model")
    print("\n".join(found))


def lines(project: Path, below: str = ".") -> Iterator[str]:
    """One line per module of ``project`` that lies in the folder ``below`` or is it, under a line for each folder."""
    folder = None
    for path in modules(project):
        if not path.is_relative_to((project / below).resolve()):
            continue
        if path.parent != folder:
            folder = path.parent
            yield f"\n{folder.relative_to(project).as_posix()}/  {sentence(folder / '__init__.py') or ''}".rstrip()
        yield f"  {path.name:24} {sentence(path)}"


def modules(project: Path) -> list[Path]:
    """Every module but the markers of packages, folder by folder."""
    found = [
        each
        for name in MAPPED
        for each in ([project / name] if name.endswith(".py") else (project / name).rglob("*.py"))
    ]
    return sorted((path for path in found if path.name != "__init__.py"), key=lambda path: (path.parent, path.name))


def sentence(path: Path) -> str | None:
    """The first paragraph of a module's docstring on one line; None where the module or its docstring is not there."""
    if not path.is_file():
        return None
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return None if docstring is None else " ".join(docstring.split("\n\n")[0].split())


if __name__ == "__main__":
    main()
