"""Where each page declares what its address can ask for: whatever else that holds is explained above the page."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from pages.components.shared.first_page import NO_PAGE
from pages.components.shared.parameters import Address, NoPage, Parameter

Parameters = tuple[Parameter[Any], ...]

DECLARED: Mapping[str, str | None] = {
    "": "signals.view",
    "coin": "coin.parameters",
    "timeframes": "timeframes.parameters",
    "model_quality": "quality.parameters",
    "track_record": "record.parameters",
    "changes": "changes.filters",
    "alerts": None,
    "compare": "compare.scope",
    "method": None,
    "glossary": None,
}
"""By the path of the page; None where its address can ask for nothing. Loaded with their page, which imports them anyway:
some import a database."""


_NO_PAGE = NoPage(NO_PAGE, tuple(page for page in DECLARED if page))


def parameters_of(page: str, address: Address) -> Parameters:
    """Those of the page at this address."""
    declared = DECLARED[page]
    if declared is None:
        return ()
    module = import_module(f"pages.components.{declared}")
    of_one = page == "model_quality" and "symbol" in address
    parameters = cast("Parameters", module.OF_ONE_MODEL if of_one else module.PARAMETERS)
    return parameters if page else (*parameters, _NO_PAGE)
