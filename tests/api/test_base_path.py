"""The API and the dashboard below a base path, as a proxy that shares its host with others forwards to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.beside import ApiBesideDashboard
from tests.api.client import refusal


def page(request: Request) -> Response:
    return PlainTextResponse(f"the page at {request.url.path}")


def client_below(base_path: str, api: FastAPI) -> TestClient:
    dashboard = Starlette(routes=[Route("/{path:path}", page)])
    return TestClient(ApiBesideDashboard(dashboard, api, base_path), follow_redirects=False)


@pytest.fixture(scope="module", params=["", "/candor", "/a/b", "/api/v1"], ids=lambda path: path or "/")
def base_path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def client(base_path: str, api: FastAPI) -> Iterator[TestClient]:
    with client_below(base_path, api) as client:
        yield client


@pytest.mark.slow
def test_the_api_answers_below_the_base_path(client: TestClient, base_path: str) -> None:
    answer = client.get(f"{base_path}/api/predictions/BTC")
    assert answer.json()["symbol"] == "BTCUSDT"


@pytest.mark.slow
def test_a_wrong_path_there_is_told_in_json_with_addresses_that_lead_somewhere(
    client: TestClient, base_path: str
) -> None:
    message = refusal(client.get(f"{base_path}/api/prediction"), 404, "not_found")
    assert f"Did you mean '{base_path}/api/predictions'? See {base_path}/api/docs." in message


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_front_of_the_api_leads_to_its_documentation(client: TestClient, base_path: str, path: str) -> None:
    assert client.get(base_path + path).headers["Location"] == f"{base_path}/api/docs"


@pytest.mark.slow
def test_the_documentation_and_what_it_loads_stand_below_the_base_path(client: TestClient, base_path: str) -> None:
    page = client.get(f"{base_path}/api/docs").text
    addresses = re.findall(r"(?:src|href)=\"([^\"]+)\"|url: '([^']+)'", page)
    assert len(addresses) >= 3
    for address in ("".join(pair) for pair in addresses):
        assert address.startswith(f"{base_path}/api/")
        assert client.get(address).status_code == 200
    assert client.get(f"{base_path}/api/openapi.json").json()["servers"] == [{"url": f"{base_path}/api"}]


@pytest.mark.parametrize("path", ["", "/coin", "/apis", "/assets/api", "/coin/api"])
def test_everything_else_is_the_dashboards(client: TestClient, base_path: str, path: str) -> None:
    assert client.get(f"{base_path}{path}/x").text == f"the page at {base_path}{path}/x"


@pytest.mark.parametrize("path", ["/api", "/api/predictions", "/api/nothing"])
def test_above_the_base_path_the_api_says_where_it_is(api: FastAPI, path: str) -> None:
    client = client_below("/candor", api)
    message = refusal(client.get(path), 404, "not_found")
    assert f"the API stands at /candor/api. Ask for '/candor{path}'." in message


@pytest.mark.parametrize(
    "path",
    [
        "//api/predictions/BTC",
        "/API/predictions/BTC",
        "/Api//predictions/BTC",
        "/%2fapi/predictions/BTC",
        "///aPi/predictions/BTC/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_writes_the_place_of_the_api_otherwise_is_told_in_json_how_to(
    api: FastAPI, path: str, method: str
) -> None:
    for base_path in ("", "/candor", "/a/b"):
        client = client_below(base_path, api)
        for before in {"", base_path, base_path.upper(), base_path + base_path}:
            message = refusal(client.request(method, f"http://testserver{before}{path}"), 404, "not_found")
            assert f"Ask for '{base_path}/api/predictions/BTC'." in message


def test_the_base_path_itself_leads_to_the_page_on_whatever_host_the_proxy_has(api: FastAPI) -> None:
    client = client_below("/candor", api)
    assert client.get("/candor?tf=1h").headers["Location"] == "/candor/?tf=1h"


@pytest.mark.parametrize("base_path", ["", "/inner"])
def test_a_prefix_that_a_proxy_takes_off_stands_in_the_addresses_that_are_sent(api: FastAPI, base_path: str) -> None:
    client = client_below(base_path, api)
    prefix = {"X-Forwarded-Prefix": "/candor/"}
    assert client.get(f"{base_path}/api", headers=prefix).headers["Location"] == f"/candor{base_path}/api/docs"
    assert (
        f'href="/candor{base_path}/api/static-offline-docs/' in client.get(f"{base_path}/api/docs", headers=prefix).text
    )
    assert client.get(f"{base_path}/api/predictions", headers=prefix).json()["count"] == 2
    message = refusal(client.get(f"{base_path}/api/nothing", headers=prefix), 404, "not_found")
    assert f"'/candor{base_path}/api/nothing'" in message


def test_a_prefix_that_is_still_there_counts_once(api: FastAPI) -> None:
    client = client_below("/candor", api)
    answer = client.get("/candor/api", headers={"X-Forwarded-Prefix": "/candor"})
    assert answer.headers["Location"] == "/candor/api/docs"


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/\\evil.example", "https://evil.example", "/a b", '/a"><b', "/é"]
)
def test_a_prefix_that_could_lead_elsewhere_is_not_believed(api: FastAPI, prefix: str) -> None:
    client = client_below("", api)
    answer = client.get("/api", headers={"X-Forwarded-Prefix": prefix.encode()})
    assert answer.headers["Location"] == "/api/docs"
