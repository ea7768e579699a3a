"""How Candor's words look: colour, glyph and wording of directions, verdicts and severities, in one place.

Colour never stands alone: every direction also has a shape and a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain import Direction, ModelKind
from core.findings import (
    Expired,
    Finding,
    MarketTrouble,
    ModelNotAnswering,
    NotAboveBaseline,
    NotOverTheClock,
    QuietPromiseBroken,
    Severity,
    SkilledUnderTheLine,
    Trust,
    Unavailable,
    UnavailableKind,
    UnderTheLine,
    UnusableFiles,
    Verdict,
    WorseThanFrequencies,
    WorseThanGuessing,
)
from core.measured import Proof
from core.model.metrics import Evaluation, ModelMetrics
from core.signals.bands import Band
from core.signals.trust import WEAK_ACCURACY, accuracy_band, whole_skill
from core.wording.language import phrase, say
from core.wording.style import TYPESET, percent_sign


@dataclass(frozen=True, slots=True)
class Look:
    """Colour (CSS), glyph and word of one thing; ``name`` is the word before it is said in the reader's language."""

    colour: str
    glyph: str
    name: str

    @property
    def word(self) -> str:
        return say(self.name)

    @property
    def text(self) -> str:
        """``✓ proven``"""
        return f"{self.glyph} {self.word}"


DIRECTION_STYLES = {
    Direction.LONG: Look("#2dbd85", "▲", phrase("LONG")),
    Direction.NO_TRADE: Look("#8b94a7", "■", phrase("NO\u00a0TRADE")),
    Direction.SHORT: Look("#f6465d", "▼", phrase("SHORT")),
}

TOUCHED_FIRST = {
    Direction.LONG: phrase("upper first"),
    Direction.NO_TRADE: phrase("neither first"),
    Direction.SHORT: phrase("lower first"),
}
"""Outcomes: which level prices came to. A market calls nothing, so that none of the words of a call is theirs; a candle that
touches both levels comes to neither first."""

SIDE_GLYPHS = {Direction.LONG: "↑", Direction.SHORT: "↓"}
"""Of the side if it moves, which is another question than the call, the largest of three probabilities: a model may lean
to LONG and call NO TRADE."""

COLOUR_PAIRS = {
    "red_green": {"dark": ("#f6465d", "#2dbd85"), "light": ("#c4202f", "#0b7a50")},
    "blue_orange": {"dark": ("#4aa3ff", "#f08c29"), "light": ("#1f66c7", "#a04a00")},
}
"""What a reader may have instead of green for LONG and rising, red for SHORT and falling: as in East Asia, and for eyes
that tell red and green badly. Colours of the theme's own, by its brightness."""

SHOWN_ORDER = (Direction.LONG, Direction.NO_TRADE, Direction.SHORT)
"""Directions from left to right wherever their probabilities stand side by side."""

SEVERITY_STYLES = {
    None: Look("#4aa3ff", "✓", phrase("trusted")),
    Severity.WARNING: Look("#f0b429", "!", phrase("doubtful")),
    Severity.CRITICAL: Look("#8b94a7", "✕", phrase("weak")),
}
"""By what ``shown_severity`` says: a note looks like nothing, since it is no doubt. A weak model is quiet, not red."""

BROKEN = Look("#ff5c5c", "✕", phrase("broken"))
"""Of a model that is wrong more reliably than luck allows; beside SHORT and falling prices all that is red."""

BAND_STYLES = {
    Band.LIKELY: Look("#5b9df5", "◆", phrase("Move likely")),
    Band.USUAL: Look("#8b94a7", "◇", phrase("Usual")),
    Band.QUIET: Look("#8b94a7", "·", phrase("Quiet")),
}

PROOF_STYLES = {
    Proof.PROVEN: Look("#4aa3ff", "✓", phrase("proven")),
    Proof.UNPROVEN: Look("#8b94a7", "○", phrase("not proven")),
    Proof.WORSE: Look("#f0b429", "✕", phrase("worse than none")),
    Proof.UNTESTED: Look("#8b94a7", "?", phrase("never tested")),
}

VERDICT_WORDS = {
    Verdict.TRUSTED: phrase("Trusted"),
    Verdict.WEAK_MODEL: phrase("Weak model"),
    Verdict.NO_SKILL: phrase("No proven skill"),
    Verdict.OUT_OF_DISTRIBUTION: phrase("Unfamiliar market"),
    Verdict.STALE_MODEL: phrase("Stale model"),
    Verdict.STALE_DATA: phrase("Stale candles"),
    Verdict.NO_ACCURACY: phrase("Never tested"),
    Verdict.SEEN_IN_TRAINING: phrase("Seen in training"),
}

_PROBLEM_WORDS = {
    UnavailableKind.LOADING: phrase("Loading candles"),
    UnavailableKind.NO_MODEL: phrase("No model"),
    UnavailableKind.NO_CANDLES: phrase("No signal"),
}

KIND_WORDS: dict[ModelKind, str] = {"cnn_lstm": phrase("CNN-LSTM"), "ensemble": phrase("Ensemble")}


def speaker(metrics: ModelMetrics) -> str:
    """Who speaks: ``CNN-LSTM``, or ``Ensemble of CNN-LSTM (58 %) and gradient-boosted trees (42 %)``."""
    if metrics.kind == "cnn_lstm":
        return say(KIND_WORDS["cnn_lstm"])
    network = round(metrics.network_share * 100)
    shares = f"{network}{percent_sign()}", f"{100 - network}{percent_sign()}"
    return say(
        "{ensemble} of {network} ({share}) and gradient-boosted trees ({rest})",
        ensemble=say(KIND_WORDS["ensemble"]),
        network=say(KIND_WORDS["cnn_lstm"]),
        share=shares[0],
        rest=shares[1],
    )


def accuracy_word(test: Evaluation) -> str:
    """What a test's accuracy is called. *Weak* is only one without proven skill, as it is of models."""
    if test.accuracy <= test.majority_accuracy:
        return say("≤ baseline")
    band = accuracy_band(test.accuracy)
    if band == "weak" and whole_skill(test).proof is Proof.PROVEN:
        return say("under {line}", line=TYPESET.share(WEAK_ACCURACY, 0))
    return say(_ACCURACY_WORDS[band])


_ACCURACY_WORDS = {
    "weak": phrase("weak"),
    "fair": phrase("fair"),
    "good": phrase("good"),
    "excellent": phrase("excellent"),
}


def shown_severity(trust: Trust) -> Severity | None:
    """How loudly a signal is marked: None where it is trusted, notes or not."""
    return None if trust.trusted else trust.severity


def is_weak(trust: Trust) -> bool:
    """Whether something critical speaks against the model."""
    return any(finding.severity is Severity.CRITICAL for finding in trust.findings)


def is_broken(trust: Trust) -> bool:
    """Whether the model is wrong more reliably than luck allows."""
    return any(isinstance(finding.facts, WorseThanGuessing) for finding in trust.findings)


def trust_word(trust: Trust) -> str:
    """What a badge says of a signal: its gravest finding, or that it is trusted, with what its accuracy lacks."""
    if not trust.trusted:
        return finding_word(trust.findings[0])
    if is_no_better(trust):
        return say("Skilled, not above baseline")
    under = next((each.facts for each in trust.findings if isinstance(each.facts, SkilledUnderTheLine)), None)
    return (
        say(VERDICT_WORDS[Verdict.TRUSTED])
        if under is None
        else say("Trusted, under {line}", line=TYPESET.share(under.line, 0))
    )


_ON_THIS_SIGNAL = phrase("{finding}: do not rely on this signal")
_ON_ITS_SIGNALS = phrase("{finding}: do not rely on its signals")


def finding_title(finding: Finding, advice: str = _ON_ITS_SIGNALS) -> str:
    """What a finding is called where it is told at length: one that is critical gives an ``advice``."""
    broken = isinstance(finding.facts, WorseThanGuessing)
    word = say("Broken model") if broken else finding_word(finding)
    return say(advice, finding=word) if broken or finding.severity is Severity.CRITICAL else word


def doubt_text(trust: Trust) -> str | None:
    """What stands beside a signal that is not trusted: ``✕ Weak model: do not rely on this signal``."""
    doubt = named_doubt(trust)
    if doubt is None:
        return None
    return f"{SEVERITY_STYLES[shown_severity(trust)].glyph} {finding_title(doubt, _ON_THIS_SIGNAL)}"


def named_doubt(trust: Trust) -> Finding | None:
    """What a signal is not trusted for, of all that is found against it."""
    if trust.trusted:
        return None
    broken = (finding for finding in trust.findings if isinstance(finding.facts, WorseThanGuessing))
    return next(broken, trust.findings[0])


def is_no_better(trust: Trust) -> bool:
    """Whether the calls of a model, skilled or not, are right no more often than always calling one class."""
    return any(
        isinstance(facts := finding.facts, NotAboveBaseline | SkilledUnderTheLine | UnderTheLine)
        and not facts.measured.above_baseline
        for finding in trust.findings
    )


_FINDING_WORDS: dict[type, str] = {
    NotAboveBaseline: phrase("Not above baseline"),
    Expired: phrase("Expired"),
    WorseThanFrequencies: phrase("Worse than no model"),
    NotOverTheClock: phrase("Not proven over the clock"),
    QuietPromiseBroken: phrase("Off at the quiet end"),
}
"""Of findings that a verdict's word would tell too little of."""


def finding_word(finding: Finding) -> str:
    """One finding in a word or two."""
    if isinstance(finding.facts, SkilledUnderTheLine):
        under = (
            phrase("Under {line}, with proven skill")
            if finding.facts.measured.above_baseline
            else phrase("Under {line} and not above baseline, with proven skill")
        )
        return say(under, line=TYPESET.share(finding.facts.line, 0))
    return say(_FINDING_WORDS.get(type(finding.facts), VERDICT_WORDS[finding.verdict]))


def problem_word(problem: Unavailable) -> str:
    """What stands in a signal's place, in a word or two."""
    match problem.facts:
        case UnusableFiles() | ModelNotAnswering():
            return say("Unusable files")
        case MarketTrouble(since=datetime()):
            return say("No answer")
        case _:
            return say(_PROBLEM_WORDS[problem.kind])


def styles_for_browser() -> dict[str, dict[str, dict[str, str]]]:
    """The looks of directions, bands, severities and proofs for components to draw with; ``none`` stands for no severity.

    Their ``word`` is English: scripts say it in the reader's language.
    """
    return {
        "directions": {direction.value: _for_browser(look) for direction, look in DIRECTION_STYLES.items()},
        "bands": {band.value: _for_browser(look) for band, look in BAND_STYLES.items()},
        "severities": {severity or "none": _for_browser(look) for severity, look in SEVERITY_STYLES.items()}
        | {"broken": _for_browser(BROKEN)},
        "proofs": {proof.value: _for_browser(look) for proof, look in PROOF_STYLES.items()},
    }


def _for_browser(look: Look) -> dict[str, str]:
    return {"colour": look.colour, "glyph": look.glyph, "word": look.name}
