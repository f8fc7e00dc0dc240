"""``POST /v1/simulate`` on the internal port: what would happen, and nothing does."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from escalation.simulation.answering import answer, behind, body_of, problem
from escalation.simulation.asking import read_script
from escalation.simulation.problems import DirectoryBehind, Unreadable
from escalation.simulation.simulator import Simulator


def simulation_routes(simulator: Simulator) -> list[BaseRoute]:
    async def simulate(request: Request) -> Response:
        try:
            return answer(await simulator.simulate(read_script(await body_of(request))))
        except Unreadable as error:
            return problem(422, "invalid", "This is no question for a simulation.", str(error))
        except DirectoryBehind:
            return behind()

    return [Route("/v1/simulate", simulate, methods=["POST"])]
