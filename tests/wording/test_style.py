"""How figures are set in sentences."""

from core.wording.style import PLAIN, TYPESET


def test_a_skill_that_is_proven_never_looks_like_the_zero_that_it_is_told_apart_from() -> None:
    assert [TYPESET.around_zero(skill) for skill in (0.0321, 0.0004, -0.00004, 0.0)] == [
        "+0.032",
        "+0.0004",
        "−0.00004",
        "0.000",
    ]
    assert PLAIN.around_zero(0.0004) == "+0.0004"
