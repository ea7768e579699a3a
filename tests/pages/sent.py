"""What pages send to the components that browsers draw, for tests that run without a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from streamlit.testing.v1 import AppTest


def sent_to(page: AppTest, component: str) -> Any:
    """What the page sent to the component of that name, its tables unpacked; None where it is not on the page."""
    protos = [element.proto for element in page.get("bidi_component")]
    sent = next((json.loads(proto.json) for proto in protos if proto.component_name == component), None)
    if not isinstance(sent, Mapping):
        return sent
    return {name: unpacked(value) if is_table(value) else value for name, value in sent.items()}


def unusable(page: AppTest) -> list[dict[str, Any]]:
    """The lines above the page about what of its address cannot be read."""
    sent = sent_to(page, "shared_address_problems")
    return [] if sent is None else list(sent["lines"])


def is_table(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"fields", "rows"}


def unpacked(table: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """The rows as the browser unpacks them (see pages/components/shared/packing.js)."""
    rows = []
    for values in table["rows"]:
        row: dict[str, Any] = {}
        for field, value in zip(table["fields"], values, strict=True):
            if value is None:
                continue
            *outer, name = field.split(".")
            inside = row
            for part in outer:
                inside = inside.setdefault(part, {})
            inside[name] = value
        rows.append(row)
    return rows
