"""English: what the track record has to say of a model."""

from __future__ import annotations

from core.findings import BrokenPromise
from core.wording.style import Style


def broken_promise(facts: BrokenPromise, style: Style) -> str:
    """Why a model's probabilities are to be doubted although its test was good."""
    signals = "replayed signals" if facts.replayed else "recorded signals"
    return (
        f"Its probabilities promise more than comes: over {facts.n:,} {signals} in {facts.days:,} days the mean log loss "
        f"was {facts.log_loss:.3f}, where they expect {facts.expected:.3f} of themselves. The true gap is at least "
        f"{style.signed(facts.gap_at_least, 3)}, at a level that raises a false alarm on any model ever in 5 cases of 100."
    )
