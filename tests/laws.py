"""How often a law is tried: half as often as it would be alone among all tests, a fifth among the fast ones.

``make test ARGS="--hypothesis-profile thorough"`` tries all of them as often as they would be alone.
"""

from __future__ import annotations

import hypothesis

EXAMPLES = 100
"""Of a law that does not say how many it needs."""
FEWEST = 5


def set_up() -> None:
    """The profiles that ``--hypothesis-profile`` names. How long an example takes says how busy the machine is, not whether it is right."""
    hypothesis.settings.register_profile("thorough", deadline=None, max_examples=EXAMPLES)
    hypothesis.settings.register_profile("candor", deadline=None, max_examples=EXAMPLES // 2)
    hypothesis.settings.register_profile("fast", deadline=None, max_examples=EXAMPLES // 5)
    hypothesis.settings.load_profile("candor")


def tried(examples: int) -> hypothesis.settings:
    """For a law that needs more or fewer examples than others: ``@tried(300)`` above ``@given``."""
    share = hypothesis.settings().max_examples / EXAMPLES
    return hypothesis.settings(max_examples=max(round(examples * share), FEWEST))
