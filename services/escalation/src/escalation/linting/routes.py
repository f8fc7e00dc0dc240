"""``POST /v1/lint`` on the internal port."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from escalation.linting.linter import Linter
from escalation.simulation.answering import answer, behind, body_of, problem
from escalation.simulation.asking import read_lint
from escalation.simulation.problems import DirectoryBehind, Unreadable


def linting_routes(linter: Linter) -> list[BaseRoute]:
    async def lint(request: Request) -> Response:
        try:
            return answer(await linter.lint(read_lint(await body_of(request))))
        except Unreadable as error:
            return problem(422, "invalid", "This is no question for a check.", str(error))
        except DirectoryBehind:
            return behind()

    return [Route("/v1/lint", lint, methods=["POST"])]
