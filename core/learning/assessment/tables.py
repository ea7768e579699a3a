"""Markdown tables whose columns line up on a screen, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NONE = "–"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose columns line up on a screen, too."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    text = [
        "| "
        + " | ".join(
            cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (w + 2) if k == 0 else "-" * (w + 1) + ":" for k, w in enumerate(widths)) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def with_interval(value: float, interval: Sequence[float]) -> str:
    """A skill and its interval."""
    return f"{value:+.4f} ({interval[0]:+.3f} {interval[1]:+.3f})"
