"""A development OIDC issuer: code + PKCE with a persona page, client credentials for partners.

FOR DEVELOPMENT ONLY: it asks nobody for a password.  Production names a standard issuer in
OIDC_ISSUER; the services notice no difference.

    ISSUER_URL     its own address, as the tokens name it
    ISSUER_KEY     the file of its signing key
    CLIENTS        the partners' secrets: partner-fire:s…,partner-health:s…
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from deploy.local import persona_page
from deploy.local.grants import TOKEN_LIFETIME, Grants, Refused, basic, check_authorization
from deploy.local.tokens import ALGORITHM, Signer

SECRET = {"Cache-Control": "no-store"}
router = APIRouter()


def build(signer: Signer, clients: dict[str, str]) -> FastAPI:
    app = FastAPI(title="onevisit development issuer", docs_url=None, redoc_url=None)
    app.state.grants = Grants(signer, clients)
    app.include_router(router)
    app.add_exception_handler(Refused, _refuse)
    return app


def from_environment() -> FastAPI:
    signer = Signer(Path(os.environ["ISSUER_KEY"]), os.environ["ISSUER_URL"].rstrip("/"))
    pairs = (pair.partition(":") for pair in os.environ.get("CLIENTS", "").split(",") if pair)
    return build(signer, {name: secret for name, _, secret in pairs})


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    document = {"error": error.error, "error_description": str(error)}
    return JSONResponse(document, error.status, SECRET)


@router.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/.well-known/openid-configuration")
async def discovery(request: Request) -> dict[str, Any]:
    url = _grants(request).signer.issuer
    ways = ["none", "client_secret_basic", "client_secret_post"]
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ways,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid"],
    }


@router.get("/jwks")
async def jwks(request: Request) -> dict[str, Any]:
    return _grants(request).signer.jwks()


@router.get("/", response_class=HTMLResponse)
async def front(request: Request) -> str:
    return persona_page.front(_grants(request).signer.issuer)


@router.get("/authorize", response_class=HTMLResponse)
async def choose(request: Request) -> str:
    """Who do you want to be?  Shown to whoever a client sends here."""
    asked = dict(request.query_params)
    check_authorization(asked)
    return persona_page.choice(asked)


@router.post("/authorize")
async def chosen(request: Request) -> RedirectResponse:
    form, grants = await _form(request), _grants(request)
    answer = {"code": grants.code(form), "iss": grants.signer.issuer}
    if "state" in form:
        answer["state"] = form["state"]
    return RedirectResponse(f"{form['redirect_uri']}?{urlencode(answer)}", 303, SECRET)


@router.post("/token")
async def token(request: Request) -> JSONResponse:
    form, grants = await _form(request), _grants(request)
    kind = form.get("grant_type")
    if kind == "client_credentials":
        own = form.get("client_id", ""), form.get("client_secret", "")
        given = grants.partner(*basic(request.headers.get("authorization", "")) or own)
    elif kind == "authorization_code":
        given = grants.exchange(form)
    else:
        raise Refused("unsupported_grant_type", "authorization_code or client_credentials")
    about = {"token_type": "Bearer", "expires_in": TOKEN_LIFETIME, "scope": "openid"}
    return JSONResponse(given | about, headers=SECRET)


def _grants(request: Request) -> Grants:
    grants: Grants = request.app.state.grants
    return grants


async def _form(request: Request) -> dict[str, str]:
    return {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
