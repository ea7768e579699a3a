"""A page of another site is told by the host that it names, beside the host that its browser asked."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from core.api.sites import is_of_this_site


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "candor.example"},
        {"Host": "candor.example", "Origin": "https://candor.example"},
        {"Host": "Candor.example:8501", "Origin": "http://candor.example:8501"},
        {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"},
        {"Host": "127.0.0.1:8501", "X-Forwarded-Host": "candor.example, inner", "Origin": "https://candor.example"},
    ],
)
def test_pages_of_this_host_and_programs_are_of_this_site(headers: dict[str, str]) -> None:
    assert is_of_this_site(Headers(headers))


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "https://candor.example.elsewhere.example",
        "https://candor.example@elsewhere.example",
        "https://elsewhere.example/candor.example",
        "http://candor.example:8000",
        "candor.example",
        "null",
        "https://",
        "http://[",
    ],
)
@pytest.mark.parametrize("host", [{"Host": "candor.example"}, {"Host": ""}, {}])
def test_pages_of_others_are_not(origin: str, host: dict[str, str]) -> None:
    assert not is_of_this_site(Headers(host | {"Origin": origin}))
