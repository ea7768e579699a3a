"""The gate lets in whom it knows and nobody else, over HTTP and WebSockets alike, whatever stands behind it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from urllib.parse import quote

import httpx2 as httpx
import pytest
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.access import ApiKey, Login, digest_of, made_key, parse_networks
from core.api.gate import Gate, Guard
from core.api.key_limits import KeyLimits
from core.api.proxies import NamedProxies
from tests.api.client import refusal

KEY = made_key()
PROXY, STRANGER = ("10.0.0.5", 40000), ("192.0.2.9", 40000)
PATHS = (
    "/",
    "/coin",
    "/api/predictions",
    "/api/stream",
    "/socket.io/",
    "/assets/x.js",
    "/_stcore/health",
    "/..",
    "//api",
)


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """Whatever is guarded: it says what it was told of the request."""
    if scope["type"] == "websocket":
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.close()
    else:
        sent = {name.decode(): value.decode() for name, value in scope["headers"]}
        client = scope["client"] and scope["client"][0]
        await JSONResponse({"scheme": scope["scheme"], "client": client, "headers": sent})(scope, receive, send)


class Passed:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def a_guard(per_minute: int = 600, passed: Callable[[], float] = time.monotonic, login: Login | None = None) -> Guard:
    others = tuple(ApiKey(f"other{n}", digest_of(made_key())) for n in range(2))
    return Guard((*others, ApiKey("me", digest_of(KEY), per_minute)), "X-User", login, KeyLimits(passed))


def client_of(guard: Guard, base_path: str = "", client: tuple[str, int] = STRANGER) -> TestClient:
    gate = Gate(inside, guard, base_path, (f"{base_path}/assets/",))
    app: ASGIApp = NamedProxies(gate, parse_networks("10.0.0.5"), guard.identity_header)
    return TestClient(app, client=client, follow_redirects=False)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_nobody_passes_anonymously_by_any_path_or_method(path: str, method: str) -> None:
    answer = client_of(a_guard()).request(method, "http://testserver" + path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PATHS[:5])
def test_a_websocket_of_somebody_unknown_is_refused_before_it_is_one(path: str) -> None:
    with pytest.raises(WebSocketDisconnect) as denied, client_of(a_guard()).websocket_connect(path):
        pass
    assert denied.value.code == 1008
    with client_of(a_guard()).websocket_connect(path, headers={"X-API-Key": KEY}):
        pass


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {KEY}"}, {"X-API-Key": KEY}, {"Authorization": basic(KEY)}]
)
def test_a_key_opens_everything_however_it_is_sent(headers: dict[str, str]) -> None:
    for path in PATHS[:7]:
        assert client_of(a_guard()).get(path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {made_key()}"},
        {"Authorization": f"Bearer {digest_of(KEY).hex()}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
        {"X-API-Key": ""},
        {"X-API-Key": KEY[:-1]},
        {"X-API-Key": KEY.upper()},
    ],
)
def test_what_is_no_key_opens_nothing_and_is_not_repeated(headers: dict[str, str]) -> None:
    answer = client_of(a_guard()).get("/api/models", headers=headers)
    assert "not known" in refusal(answer, 401, "unauthorized")
    assert KEY[:-1] not in answer.text


def test_a_browser_that_opens_a_page_is_asked_for_a_key_as_a_password() -> None:
    answer = client_of(a_guard()).get("/coin", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.slow
def test_a_key_is_good_for_so_many_requests_a_minute_and_says_when_to_ask_again() -> None:
    passed = Passed()
    client = client_of(a_guard(per_minute=60, passed=passed))
    statuses = [client.get("/api/models", headers={"X-API-Key": KEY}).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    answer = client.get("/api/models", headers={"X-API-Key": KEY})
    assert "60 requests a minute" in refusal(answer, 429, "too_many_requests")
    assert answer.headers["Retry-After"] == "1"
    passed.seconds += 1
    assert client.get("/api/models", headers={"X-API-Key": KEY}).status_code == 200


def test_the_scripts_and_styles_of_a_page_use_up_no_key_and_come_to_one_that_is_used_up() -> None:
    client = client_of(a_guard(per_minute=1, passed=Passed()), "/candor")
    sent = {"X-API-Key": KEY}
    assert {client.get("/candor/assets/x.js", headers=sent).status_code for _ in range(3)} == {200}
    assert client.get("/candor/coin", headers=sent).status_code == 200
    for path in ("/candor/coin", "/assets/x.js", "/candor/assets", "/candor/api/assets/x.js"):
        assert client.get(path, headers=sent).status_code == 429
    assert client.post("/candor/assets/x.js", headers=sent).status_code == 429
    assert client.head("/candor/assets/x.js", headers=sent).status_code == 200
    assert client.get("/candor/assets/x.js").status_code == 401


def test_a_browser_is_told_in_a_sentence_that_its_key_is_used_up() -> None:
    client = client_of(a_guard(per_minute=1, passed=Passed()))
    sent = {"Authorization": basic(KEY), **PAGE}
    assert client.get("/coin", headers=sent).status_code == 200
    answer = client.get("/coin", headers=sent)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "<p>This key is good for 1 requests a minute. Ask again in 60 s.</p>" in answer.text


def test_one_keys_limit_is_not_anothers() -> None:
    limits = KeyLimits(Passed())
    mine, other = ApiKey("mine", b"1", 1), ApiKey("other", b"2", 1)
    assert limits.take(mine) is None
    waits = limits.take(mine)
    assert waits is not None and waits.seconds == pytest.approx(60)
    assert limits.take(other) is None


def test_supervisors_hear_that_it_is_alive_and_nothing_else() -> None:
    assert client_of(a_guard()).get("/api/health/live").status_code == 200
    for path in ("/api/health/ready", "/api/health/live/", "/api/health/liver", "/x/api/health/live"):
        assert client_of(a_guard()).get(path).status_code == 401
    below = client_of(a_guard(), "/candor")
    assert below.get("/candor/api/health/live").status_code == 200
    assert below.get("/api/health/live").status_code == 401


def test_the_user_that_a_named_proxy_states_passes_and_nobody_else_may_state_one() -> None:
    stated = {"X-User": "me@example.com"}
    assert client_of(a_guard(), client=PROXY).get("/coin", headers=stated).status_code == 200
    assert client_of(a_guard(), client=PROXY).get("/coin", headers={"X-User": " "}).status_code == 401
    assert client_of(a_guard(), client=STRANGER).get("/coin", headers=stated).status_code == 401


MEANT_FOR_A_PROXY = [
    {"Authorization": basic("of the proxy")},
    {"Authorization": "Bearer of.the.provider"},
    {"X-API-Key": ""},
    {"X-API-Key": made_key()},
]


@pytest.mark.parametrize("keys", [(), (ApiKey("me", digest_of(KEY)),)])
@pytest.mark.parametrize("beside", MEANT_FOR_A_PROXY)
def test_what_is_meant_for_a_proxy_keeps_nobody_out_whom_somebody_knows(
    keys: tuple[ApiKey, ...], beside: dict[str, str]
) -> None:
    guard = Guard(keys, "X-User", a_login())
    for path in ("/coin", "/api/predictions"):
        assert client_of(guard, client=PROXY).get(path, headers=beside | {"X-User": "me"}).status_code == 200
        assert client_of(guard).get(path, headers=beside | {"Cookie": "user=me"}).status_code == 200
        unknown = client_of(guard).get(path, headers=beside | {"X-User": "me"})
        assert "This key is not known here" in refusal(unknown, 401, "unauthorized")


@pytest.mark.parametrize("beside", MEANT_FOR_A_PROXY)
def test_what_is_meant_for_a_proxy_keeps_no_browser_from_the_login(beside: dict[str, str]) -> None:
    answer = client_of(a_guard(login=a_login())).get("/coin", headers=PAGE | beside)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/auth/login")


@pytest.mark.parametrize("beside", MEANT_FOR_A_PROXY[:2])
def test_a_key_is_found_beside_what_is_meant_for_a_proxy_and_its_limit_holds(beside: dict[str, str]) -> None:
    client = client_of(a_guard(per_minute=1, passed=Passed()))
    asked = [client.get("/api/models", headers=beside | {"X-API-Key": KEY}).status_code for _ in range(2)]
    assert asked == [200, 429]


def test_forwarded_headers_are_believed_of_named_proxies_only() -> None:
    forwarded = {
        "X-API-Key": KEY,
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=203.0.113.7",
    }

    def answer_to(client: tuple[str, int]) -> httpx.Response:
        return client_of(a_guard(), client=client).get("/", headers=forwarded)

    by_proxy, by_stranger = answer_to(PROXY).json(), answer_to(STRANGER).json()
    assert (by_proxy["scheme"], by_proxy["client"]) == ("https", "203.0.113.7")
    assert by_proxy["headers"]["x-forwarded-prefix"] == "/evil"
    assert (by_stranger["scheme"], by_stranger["client"]) == ("http", STRANGER[0])
    assert not [name for name in by_stranger["headers"] if "forwarded" in name]


def test_a_login_opens_everything_and_a_page_leads_to_it() -> None:
    login = Login(
        lambda headers: headers.get("Cookie") == "user=me", lambda: "/auth/login?provider=x", frozenset({"/auth/login"})
    )
    client = client_of(a_guard(login=login))
    page = {"Accept": "text/html"}
    answer = client.get("/coin", headers=page)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/auth/login?provider=x")
    assert client.get("/auth/login").status_code == 200
    assert client.get("/api/models", headers=page).status_code == 401
    assert client.post("/coin", headers=page).status_code == 401
    for path in PATHS[:7]:
        assert client.get(path, headers={"Cookie": "user=me"}).status_code == 200
    with client.websocket_connect("/_stcore/stream", headers={"Cookie": "user=me"}):
        pass


PAGE = {"Accept": "text/html"}


def a_login() -> Login:
    return Login(lambda headers: "user=me" in headers.get("Cookie", ""), lambda: "/auth/login", frozenset())


@pytest.mark.parametrize("base_path", ["", "/candor", "/a/b"])
@pytest.mark.parametrize(
    "wanted", ["/coin", "/coin?symbol=ETHUSDT&timeframe=15m", "/?watch=A%2CB&q=%E6%BE%B3", "/c%C3%B6in"]
)
def test_a_login_leads_on_once_to_the_page_that_was_asked_for(base_path: str, wanted: str) -> None:
    client = client_of(a_guard(login=a_login()), base_path)
    client.get(base_path + wanted, headers=PAGE)
    kept = client.cookies.get("candor_destination")
    client.cookies.set("user", "me")
    led_on = client.get(f"{base_path}/", headers=PAGE)
    assert (led_on.status_code, led_on.headers["Location"]) == (303, base_path + wanted)
    assert kept is not None
    assert client.get(f"{base_path}/", headers=PAGE).status_code == 200


def test_a_login_from_the_first_page_stays_there_and_forgets_an_older_wish() -> None:
    client = client_of(a_guard(login=a_login()))
    for address in ("/coin?symbol=ETHUSDT", "/"):
        client.get(address, headers=PAGE)
    client.cookies.set("user", "me")
    assert client.get("/", headers=PAGE).status_code == 200


def test_an_address_longer_than_a_cookie_is_not_kept() -> None:
    client = client_of(a_guard(login=a_login()))
    answer = client.get("/coin?symbol=" + "x" * 3000, headers=PAGE)
    assert (answer.status_code, client.cookies.get("candor_destination")) == (303, None)


@pytest.mark.parametrize(
    "planted",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", "/elsewhere", "/candor//evil.example"],
)
def test_a_login_leads_nowhere_but_to_this_server(planted: str) -> None:
    client = client_of(a_guard(login=a_login()), "/candor")
    cookies = f"user=me; candor_destination={quote(planted, safe='')}"
    answer = client.get("/candor/", headers={**PAGE, "Cookie": cookies})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/candor/")


def test_who_is_logged_in_and_may_not_enter_is_told_so_instead_of_being_led_in_a_circle() -> None:
    login = Login(
        lambda _: False, lambda: "/auth/login", frozenset(), lambda headers: headers.get("Cookie"), "/auth/logout"
    )
    client = client_of(a_guard(login=login))
    page = client.get("/coin", headers={"Accept": "text/html", "Cookie": "<me>"})
    assert page.status_code == 403
    assert "&lt;me&gt; may not enter here" in page.text
    assert '<a href="/auth/logout">' in page.text
    answer = client.get("/api/models", headers={"Cookie": "me@example.com"})
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert "me@example.com may not enter here" in answer.json()["message"]


def test_a_guard_that_could_ask_for_nothing_is_none() -> None:
    assert not Guard()
    assert Guard(identity_header="X-User")
    assert Guard(login=Login(lambda _: False, str, frozenset()))
