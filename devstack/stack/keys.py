"""One API key a scope, made through the API itself as any operator would."""

from __future__ import annotations

import httpx

from devstack.backing.errors import StackError
from devstack.stack.secrets import Secrets

SCOPES = ("ingest", "read", "operate", "admin")


def ensure_keys(api_url: str, secrets: Secrets) -> bool:
    """Make the keys that ``secrets`` lacks or the API does not know; ``True`` if any was made."""
    headers = {"Authorization": f"Bearer {secrets.bootstrap_admin_key}"}
    with httpx.Client(base_url=api_url, headers=headers, timeout=30) as client:
        there = _ids_by_name(client)
        missing = [scope for scope in SCOPES if _missing(scope, there, secrets)]
        for scope in missing:
            if scope_name(scope) in there:  # its secret is lost, so nobody can use it any more
                client.delete(f"/v1/keys/{there[scope_name(scope)]}").raise_for_status()
            secrets.api_keys[scope] = _made(client, scope)
    return bool(missing)


def scope_name(scope: str) -> str:
    return f"devstack-{scope}"


def _missing(scope: str, there: dict[str, str], secrets: Secrets) -> bool:
    return scope not in secrets.api_keys or scope_name(scope) not in there


def _ids_by_name(client: httpx.Client) -> dict[str, str]:
    answer = client.get("/v1/keys", params={"limit": 200})
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise StackError("incident-api does not accept its BOOTSTRAP_ADMIN_KEY; see its log.")
    answer.raise_for_status()
    return {key["name"]: key["id"] for key in answer.json()["items"]}


def _made(client: httpx.Client, scope: str) -> str:
    answer = client.post("/v1/keys", json={"name": scope_name(scope), "scopes": [scope]})
    answer.raise_for_status()
    return str(answer.json()["key"])
