"""``POST /v1/simulate`` on the internal port: what would happen, and nothing does."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from escalation.simulation.asking import read_script
from escalation.simulation.problems import DirectoryBehind, Unreadable
from escalation.simulation.simulator import Simulator

LARGEST_BODY = 4_000_000
BEHIND = "The last change of the directory has not arrived here yet; ask again in a moment."


def simulation_routes(simulator: Simulator) -> list[BaseRoute]:
    async def simulate(request: Request) -> Response:
        try:
            return _answer(await simulator.simulate(read_script(await _body(request))))
        except Unreadable as error:
            return problem(422, "invalid", "This is no question for a simulation.", str(error))
        except DirectoryBehind:
            return behind()

    return [Route("/v1/simulate", simulate, methods=["POST"])]


def behind() -> Response:
    answer = problem(503, "directory-behind", "The directory is behind.", BEHIND)
    answer.headers["Retry-After"] = "1"
    return answer


def problem(status: int, slug: str, title: str, detail: str) -> Response:
    """RFC 9457, as everywhere in Tocsin."""
    body = {
        "type": f"urn:tocsin:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def _answer(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")


async def _body(request: Request) -> bytes:
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(raw)
