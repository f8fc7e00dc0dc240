"""A write is bound to whom a preview showed."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin_contracts.incident import AudienceClient

from incident_api.audience.digest import audience_digest
from incident_api.web.problem import Problem


def check_digest(expected: str | None, told: Iterable[AudienceClient]) -> None:
    """Raises 409 where the caller has seen a preview and others would be told by now."""
    if expected is not None and expected != audience_digest(told):
        raise Problem(
            "conflict",
            "Whom this would tell has changed since the preview that audience_digest is of, so"
            " nothing was sent; preview it again.",
        )
