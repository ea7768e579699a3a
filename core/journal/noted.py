"""Findings as the ledger keeps them: facts with their numbers, out of which their sentences are made again.

Those about a model stand once with its description, those about one candle with their signal: together they are what a
signal's verdict was made of. JSON: a list of ``{"kind", "verdict", "severity", "facts", "remedy"}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import orjson
from pydantic import TypeAdapter

from core.findings import (
    BrokenPromise,
    Circumstances,
    Expired,
    Finding,
    LateCandles,
    LearnedCandles,
    MarketTrouble,
    NeverTested,
    NoProvenSkill,
    NotAboveBaseline,
    NotOverTheClock,
    OldModel,
    QuietPromiseBroken,
    Severity,
    SkilledUnderTheLine,
    TrainModels,
    UnderTheLine,
    UnfamiliarCandle,
    Verdict,
    WorseThanFrequencies,
    WorseThanGuessing,
    gravest_first,
)
from core.wording.sentences import finding_sentence

KINDS: Mapping[str, type] = {
    "never_tested": NeverTested,
    "worse_than_guessing": WorseThanGuessing,
    "under_the_line": UnderTheLine,
    "skilled_under_the_line": SkilledUnderTheLine,
    "not_over_the_clock": NotOverTheClock,
    "quiet_promise_broken": QuietPromiseBroken,
    "not_above_baseline": NotAboveBaseline,
    "no_proven_skill": NoProvenSkill,
    "worse_than_frequencies": WorseThanFrequencies,
    "old_model": OldModel,
    "broken_promise": BrokenPromise,
    "unfamiliar_candle": UnfamiliarCandle,
    "learned_candles": LearnedCandles,
    "expired": Expired,
    "late_candles": LateCandles,
    "market_trouble": MarketTrouble,
}
"""What the ledger calls each kind of facts; never to be changed, whatever the code calls them."""

_NAMES = {of: name for name, of in KINDS.items()}


def as_noted(findings: Iterable[Finding]) -> str:
    """Findings as JSON, in their order."""
    return json.dumps([_finding_json(finding) for finding in findings], separators=(",", ":"))


@lru_cache(maxsize=1024)
def noted(text: str) -> tuple[Finding, ...]:
    """What ``as_noted`` was given; ValueError, TypeError or LookupError for anything else."""
    return tuple(_read(fields) for fields in orjson.loads(text))


def circumstances_of(findings: Iterable[Finding]) -> str | None:
    """As ``as_noted``, of those that are not about the model; None where there are none."""
    own = tuple(finding for finding in findings if isinstance(finding.facts, Circumstances))
    return _noted_once(own) if own else None


@lru_cache(maxsize=4096)
def reasons_of(standing: str, circumstances: str | None) -> tuple[str, ...]:
    """The sentences of a model's and of a signal's findings, in the order in which a prediction has them."""
    together = [*noted(standing), *(() if circumstances is None else noted(circumstances))]
    return tuple(str(finding_sentence(finding)) for finding in gravest_first(together))


_noted_once = lru_cache(maxsize=256)(as_noted)
"""Of a model that is past its best, thousands of signals in a row have the same."""


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "kind": _NAMES[type(finding.facts)],
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "facts": _as_json(finding.facts),
        "remedy": None if finding.remedy is None else _as_json(finding.remedy),
    }


def _read(fields: Mapping[str, Any]) -> Finding:
    facts, remedy = _fields(KINDS[fields["kind"]]).validate_python(fields["facts"]), fields["remedy"]
    return Finding(
        Verdict(fields["verdict"]),
        Severity(fields["severity"]),
        facts,
        None if remedy is None else _fields(TrainModels).validate_python(remedy),
    )


def _as_json(value: object) -> Any:
    kind: type = value.__class__
    return _fields(kind).dump_python(value, mode="json")


@cache
def _fields(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
