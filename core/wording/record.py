"""What the track record has to say of a model."""

from __future__ import annotations

from core.findings import BrokenPromise
from core.wording.language import phrase, say
from core.wording.style import Style


def broken_promise(facts: BrokenPromise, style: Style) -> str:
    """Why a model's probabilities are to be doubted although its test was good."""
    text = (
        phrase(
            "Its probabilities promise more than comes: over {n:,} replayed signals in {days:,} days the mean log loss "
            "was {log_loss:.3f}, where they expect {expected:.3f} of themselves. The true gap is at least {gap}, at a "
            "level that raises a false alarm on any model ever in 5 cases of 100."
        )
        if facts.replayed
        else phrase(
            "Its probabilities promise more than comes: over {n:,} recorded signals in {days:,} days the mean log loss "
            "was {log_loss:.3f}, where they expect {expected:.3f} of themselves. The true gap is at least {gap}, at a "
            "level that raises a false alarm on any model ever in 5 cases of 100."
        )
    )
    return say(
        text,
        n=facts.n,
        days=facts.days,
        log_loss=facts.log_loss,
        expected=facts.expected,
        gap=style.around_zero(facts.gap_at_least),
    )
