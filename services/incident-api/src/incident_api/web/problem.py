"""Answers that say no: RFC 9457 problem documents, and the published list of their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from incident_api.web.field_error import FieldError

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    slug: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        return f"urn:tocsin:problem:{self.slug}"


PROBLEM_TYPES = {
    kind.slug: kind
    for kind in (
        ProblemType("malformed-body", 400, "The body cannot be read"),
        ProblemType("unauthorized", 401, "A valid key is needed"),
        ProblemType("forbidden", 403, "This key may not do that"),
        ProblemType("not-found", 404, "There is no such thing"),
        ProblemType("method-not-allowed", 405, "This address does not take that method"),
        ProblemType("not-acceptable", 406, "It is not had in that form"),
        ProblemType("conflict", 409, "The present state does not allow this"),
        ProblemType("still-referenced", 409, "Something else still refers to this"),
        ProblemType("removal-refused", 409, "This would remove entries"),
        ProblemType("request-under-way", 409, "The same request is still under way"),
        ProblemType("precondition-failed", 412, "It was changed in the meantime"),
        ProblemType("body-too-large", 413, "The body is too large"),
        ProblemType("unsupported-media-type", 415, "This content type is not accepted here"),
        ProblemType("invalid", 422, "Something in the request is not right"),
        ProblemType("idempotency-key-reused", 422, "This Idempotency-Key had another body"),
        ProblemType("too-many-requests", 429, "Too many requests"),
        ProblemType("internal", 500, "Something went wrong on our side"),
        ProblemType("database-away", 503, "The database is away or busy"),
        ProblemType("overloaded", 503, "Too much is under way"),
        ProblemType("not-typeset", 503, "The PDF could not be made"),
        ProblemType("dispatcher-away", 503, "The dispatcher does not answer"),
        ProblemType("escalation-away", 503, "The escalation service does not answer"),
        ProblemType("directory-behind", 503, "The directory is not that far yet"),
        ProblemType("seal-key-missing", 503, "Secrets cannot be sealed"),
    )
}
"""Every type this service answers with, by slug; listed at ``GET /problems``."""


class Problem(HTTPException):
    """Raise it anywhere below a route; the caller gets it as problem+json.

    ``slug`` is one of :data:`PROBLEM_TYPES`, which gives status and title; ``detail`` is one clear
    sentence with the way out.
    """

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = PROBLEM_TYPES[slug]
        self.errors = tuple(errors)
        super().__init__(self.kind.status, detail, dict(headers or {}))

    def __str__(self) -> str:
        return f"{self.kind.slug}: {self.detail}"

    def document(self) -> dict[str, Any]:
        found = {
            "type": self.kind.uri,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            found["errors"] = [asdict(error) for error in self.errors]
        return found

    def response(self) -> JSONResponse:
        return JSONResponse(
            self.document(), self.kind.status, headers=self.headers, media_type=MEDIA_TYPE
        )


def not_found(what: str, key: str) -> Problem:
    return Problem("not-found", f"There is no {what} '{key}'.")


def invalid(pointer: str, detail: str) -> Problem:
    """One wrong place, whose sentence is also the answer's ``detail``."""
    return Problem("invalid", detail, errors=(FieldError(pointer, detail),))


def all_invalid(errors: Sequence[FieldError], consequence: str = "") -> Problem:
    """Several wrong places: the first in words, all of them as ``errors``."""
    first = f"{errors[0].pointer or 'The body'}: {errors[0].detail}"
    more = f" And {len(errors) - 1} more, listed below." if len(errors) > 1 else ""
    return Problem("invalid", f"{first}{more} {consequence}".rstrip(), errors=errors)


router = APIRouter(tags=["about"])


@router.get("/problems", summary="The problem types this service answers with")
async def list_problem_types() -> dict[str, Any]:
    kinds = sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status, kind.slug))
    return {"items": [{"type": k.uri, "status": k.status, "title": k.title} for k in kinds]}
