"""A fingerprint of the code that turns candles into models, so that nothing made by other code is taken for its own."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib.metadata import version

from core.settings import PROJECT

_LIBRARIES = ("torch", "scikit-learn", "lightgbm", "numpy", "scipy", "pandas", "TA-Lib")
_MODULES = (
    "model/network", "model/coverage", "model/features", "model/barriers", "model/scaling", "signals/outcomes", "market/candles",
    "learning/trees", "learning/datasets", "learning/evaluation", "learning/experiment", "learning/forest",
    "learning/assessment/leakage", "learning/sources", "learning/assessment/baselines", "learning/phases", "learning/windows",
    "learning/kept", "learning/shared_trees", "learning/network", "learning/folds",
)  # fmt: skip


@cache
def code_digest() -> str:
    """Changes with the libraries and with any of these modules; their comments and docstrings may change."""
    digest = hashlib.sha256(" ".join(version(name) for name in _LIBRARIES).encode())
    for name in _MODULES:
        tree = ast.parse((PROJECT / "core" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(body := getattr(node, "body", None), list):
                node.body = [each for each in body if not _is_docstring(each)]  # type: ignore[attr-defined]
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
