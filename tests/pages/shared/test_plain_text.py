from __future__ import annotations

from pages.components.shared.plain_text import plain


def test_markdown_marks_lose_their_meaning() -> None:
    assert plain("[x](y) *b* :red[c] $a$") == r"\[x\]\(y\) \*b\* \:red\[c\] \$a\$"


def test_addresses_are_no_longer_recognised_as_links() -> None:
    for address in ("http://a.example", "HTTPS://a.example", "www.a.example", "me@a.example"):
        assert "\u2060" in plain(address)


def test_ordinary_words_stay_as_they_are() -> None:
    assert plain("Right 41 % of the time") == "Right 41 % of the time"
