"""A language Candor speaks: what each fact reads like in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.findings import TrainModels
from core.measured import WhatWasTested
from core.prediction import BarrierRun
from core.wording.style import Style

Words = Mapping[type, Callable[[Any, Style], str]]
"""By the kind of fact: what makes a sentence, or several, of one."""


@dataclass(frozen=True, slots=True)
class Language:
    """Everything core says to people, errors excepted, in one language.

    ``findings`` and ``problems`` know every fact of core.findings; ``advice`` leads up to the command of a
    remedy; what has none says nothing of it, and pages show the command beside the sentence.
    """

    code: str
    findings: Words
    problems: Words
    finding_advice: Mapping[type, Callable[[TrainModels], str]]
    problem_advice: Mapping[type, Callable[[Any, Style], str]]
    confluence: Words
    run: Callable[[BarrierRun, Style], str]
    notices: Words
    ledger: Words
    shipping_rule: Callable[[int], str]
    tested: Callable[[WhatWasTested, Style], str]
