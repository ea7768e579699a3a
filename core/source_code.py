"""Which code of the core is behind a module, and whether it still does the same: what results are kept or told by.

Which code that is follows from the imports: the module, all that it imports of the core, and so on.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from core.settings import PROJECT


def fingerprint_of(paths: Iterable[Path], project: Path = PROJECT) -> str:
    """Changes with the names of modules and with what they do; comments and docstrings may change."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(project)} {_facts(path.read_text(encoding='utf-8'))[1]}".encode())
    return digest.hexdigest()


def files_behind(module: str, project: Path = PROJECT) -> list[Path]:
    """The files of ``core`` that importing ``module`` runs, its own and those of packages among them."""
    found: set[Path] = set()
    waiting, named = [module], {module}
    while waiting:
        for path in _files_of(waiting.pop(), project):
            if path not in found:
                found.add(path)
                more = set(_facts(path.read_text(encoding="utf-8"))[0]) - named  # to look for a file takes time
                waiting += more
                named |= more
    return sorted(found)


def _files_of(name: str, project: Path) -> Iterator[Path]:
    """The file of a module and those of the packages around it; of ``package.name`` that is no module the package's."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        stem = project.joinpath(*parts[:length])
        for path in (stem.with_suffix(".py"), stem / "__init__.py"):
            if path.is_file():
                yield path


@cache
def _facts(source: str) -> tuple[tuple[str, ...], str]:
    """What a module imports of the core, inside functions too, and its syntax tree without strings that stand alone."""
    tree = ast.parse(source)
    imported: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            imported += [f"{node.module}.{alias.name}" for alias in node.names]
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [each for each in body if not _is_docstring(each)]  # type: ignore[attr-defined]
    return tuple(name for name in imported if name.split(".")[0] == "core"), ast.dump(tree)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
