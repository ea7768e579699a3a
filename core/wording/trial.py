"""The message that tries where a rule sends: in English, since nobody knows who reads it where it arrives."""

from __future__ import annotations


def trial_title(rule: str) -> str:
    return f"Test of {rule}"


def trial_body(rule: str) -> str:
    return f"This is a test of the rule {rule}: its alerts will arrive here. Nothing has happened."
