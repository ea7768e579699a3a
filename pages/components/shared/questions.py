"""The two questions that every model answers, when and which way: how likely, and what its test proves of the answer."""

from __future__ import annotations

from core.domain import Direction
from core.findings import Finding, NotOverTheClock, Trust
from core.measured import MeasuredSkill, Proof
from core.prediction import Prediction
from core.wording.language import in_a_row, phrase, say
from core.wording.sentences import finding_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import PROOF_STYLES
from pages.components.shared.headline import move_beside_usual
from pages.components.shared.number_text import percent_text

WHEN = phrase("**When?** Will one of the two barriers be touched within the horizon at all?")
WHICH_WAY = phrase("**Which way?** If one is touched, will it be the upper or the lower one first?")

_PROVES = {
    Proof.PROVEN: phrase("better than {baseline}"),
    Proof.UNPROVEN: phrase("no better than {baseline}, as far as this test can tell"),
    Proof.WORSE: phrase("worse than {baseline}"),
}
CLASS_FREQUENCIES = phrase("the class frequencies")
CLOCK = phrase("a table of coin and hour of the week")


def answers(prediction: Prediction) -> dict[str, str]:
    """Both answers for browsers to draw: how likely in words, and the proof of each."""
    move, usual, _ = move_beside_usual(prediction)
    sides = {"long": Direction.LONG, "short": Direction.SHORT}
    shares = {name: percent_text(prediction.side_probability(side), 0) for name, side in sides.items()}
    proofs = {"timing": prediction.trust.timing_proof.value, "side": prediction.trust.side_proof.value}
    return {"move": move, "usual": usual} | shares | proofs


def skill_sentence(measured: MeasuredSkill, baseline: str = CLASS_FREQUENCIES) -> str:
    """A skill with its interval and what that proves: 0 is no better than the baseline, 1 is perfect."""
    low, high = TYPESET.around_zero(measured.low), TYPESET.around_zero(measured.high)
    return say(
        "{skill} (95\u00a0% interval {low} to {high}, n = {n:,}): {proves}.",
        skill=TYPESET.around_zero(measured.skill),
        low=low,
        high=high,
        n=measured.n,
        proves=proves_text(measured.proof, baseline),
    )


def skills(trust: Trust) -> dict[str, str] | None:
    """What the two verdicts rest on, a sentence for each; None where the model was never tested."""
    if trust.timing is None or trust.side is None:
        return None
    over_clock = (finding_sentence(each, TYPESET).text for each in trust.findings if _is_over_the_clock(each))
    return {"timing": in_a_row(timing_sentence(trust.timing), *over_clock), "side": side_sentence(trust.side)}


def timing_word(trust: Trust) -> str:
    """What is proven of the answer to "when?" in a few words, which keep the clock's part of it back nowhere."""
    word = PROOF_STYLES[trust.timing_proof].word
    if any(map(_is_over_the_clock, trust.findings)):
        return say("{proven}, not over the clock", proven=word)
    return word


def _is_over_the_clock(finding: Finding) -> bool:
    return isinstance(finding.facts, NotOverTheClock)


def timing_sentence(measured: MeasuredSkill) -> str:
    """What is proven of the answer to "when?": ``Timing skill +0.030 (95 % interval …): better than ….``"""
    return say("Timing skill {skill}", skill=skill_sentence(measured))


def side_sentence(measured: MeasuredSkill) -> str:
    """What is proven of the answer to "which way?"."""
    return say("Side skill {skill}", skill=skill_sentence(measured))


def proves_text(proof: Proof, baseline: str = CLASS_FREQUENCIES) -> str:
    """What is proven of a skill: ``better than the class frequencies``."""
    return say(_PROVES[proof], baseline=say(baseline))


def conclusion(trust: Trust, both: MeasuredSkill) -> str:
    """What the two proofs mean for whoever reads a signal; ``both`` is the skill of the two questions together."""
    when, which_way = (proof is Proof.PROVEN for proof in (trust.timing_proof, trust.side_proof))
    if when and which_way:
        return say(
            "It has shown some skill in both, on past candles. A LONG or SHORT is still a probability, not a promise."
        )
    if when:
        return say(
            "Its skill is in *when*, not in *which way*: read a LONG or SHORT as “a move is likely”, and do not "
            "take its side for a forecast."
        )
    if which_way:
        return say("It tells the side better than the moment. A LONG or SHORT is still a probability, not a promise.")
    if both.proof is Proof.PROVEN:
        return say(
            "Neither skill is proven by itself, only what both come to together. A LONG or SHORT is still a probability, "
            "not a promise."
        )
    return say("Neither skill is proven. Its probabilities say no more than how often each case happened in the past.")
