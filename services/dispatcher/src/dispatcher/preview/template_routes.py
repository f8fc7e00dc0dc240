"""``POST /v1/templates/check``, on the internal port: incident-api asks before it puts in force."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from tocsin_contracts.directory import Template
from tocsin_contracts.words import Kind

from dispatcher.preview.problems import problem
from dispatcher.preview.template_checks import TemplateChecks
from dispatcher.rendering.sandbox import LONGEST_SOURCE

MOST_USES = 500


class Use(BaseModel):
    """A template, and a kind of message whose words it replaces."""

    model_config = ConfigDict(extra="ignore")
    template: Template
    kind: Kind


class Question(BaseModel):
    model_config = ConfigDict(extra="ignore")
    uses: tuple[Use, ...] = Field(max_length=MOST_USES)


def template_routes(checks: TemplateChecks) -> list[BaseRoute]:
    async def check(request: Request) -> Response:
        try:
            asked = Question.model_validate_json(await request.body())
        except ValidationError as error:
            return problem(422, "This is no list of templates to check.", str(error.errors()[0]))
        faults = [fault for use in asked.uses for fault in await _faults(checks, use)]
        return JSONResponse({"faults": faults})

    return [Route("/v1/templates/check", check, methods=["POST"])]


async def _faults(checks: TemplateChecks, use: Use) -> list[dict[str, Any]]:
    """``{"template", "kind", "pointer", "detail"}``, the pointer within the template."""
    about = {"template": use.template.key, "kind": use.kind.value}
    if _length(use.template) > LONGEST_SOURCE:
        detail = f"All its variants together are longer than {LONGEST_SOURCE} letters."
        return [{**about, "pointer": "/variants", "detail": detail}]
    return [
        {**about, "pointer": f"/variants/{place}{fault.pointer}", "detail": fault.detail}
        for place, variant in enumerate(use.template.variants)
        for fault in await checks.faults(variant, use.kind)
    ]


def _length(template: Template) -> int:
    texts = ((v.text, v.html or "", v.subject or "") for v in template.variants)
    return sum(len(text) for three in texts for text in three)
