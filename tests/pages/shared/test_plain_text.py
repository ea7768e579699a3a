from __future__ import annotations

from pages.components.shared.plain_text import plain


def test_markdown_marks_lose_their_meaning() -> None:
    assert plain("[x](y) *b* :red[c] $a$") == r"\[x\]\(y\) \*b\* \:red\[c\] \$a\$"


def test_addresses_are_no_longer_recognised_as_links() -> None:
    for address in ("http://a.example", "HTTPS://a.example", "www.a.example", "me@a.example"):
        assert "\u2060" in plain(address)


def test_ordinary_words_stay_as_they_are() -> None:
    assert plain("Right 3 of 5 times = often") == "Right 3 of 5 times = often"


def test_no_line_ends_inside_a_figure() -> None:
    assert plain("41 % of n = 5,360, in = 3") == "41\u00a0% of n\u00a0=\u00a05,360, in = 3"
