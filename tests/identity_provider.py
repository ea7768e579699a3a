"""A small OpenID provider for tests, as its specification wants one: whoever comes may choose who to be.

It believes nobody it does not have to: codes are good once, for who asked for them, and with the verifier of their challenge.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.served import served

CLIENT, SECRET = "candor", "between the two of them"
PEOPLE = ("me@example.com", "you@elsewhere.example")


@contextmanager
def identity_provider() -> Iterator[str]:
    """Its address, for as long as the block lasts."""
    with served(provider(), lifespan="off") as port:
        yield f"http://127.0.0.1:{port}"


def provider() -> FastAPI:
    key, codes, app = RSAKey.generate_key(2048, {"kid": "1"}), dict[str, dict[str, str]](), FastAPI()

    @app.get("/.well-known/openid-configuration")
    def configuration(request: Request) -> dict[str, Any]:
        here = str(request.base_url).rstrip("/")
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "end_session_endpoint": f"{here}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    @app.get("/authorize", response_class=HTMLResponse)
    def authorize(request: Request) -> str:
        asked, links = dict(request.query_params), ""
        for person in PEOPLE:
            code = secrets.token_urlsafe()
            codes[code] = asked | {"person": person}
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            links += f'<p><a href="{back}">{person}</a></p>'.replace("&", "&amp;")
        return f"<title>Who are you?</title>{links}"

    @app.post("/token")
    async def token(request: Request, authorization: Annotated[str, Header()]) -> dict[str, Any]:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        who = b64decode(authorization.removeprefix("Basic ")).decode()
        if asked is None or asked["code_challenge"] != challenge or who != f"{CLIENT}:{SECRET}":
            raise HTTPException(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": str(request.base_url).rstrip("/"),
            "aud": CLIENT,
            "sub": asked["person"],
            "email": asked["person"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 600,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed}

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    @app.get("/end")
    def end(post_logout_redirect_uri: str) -> RedirectResponse:
        return RedirectResponse(post_logout_redirect_uri, 302)

    return app
