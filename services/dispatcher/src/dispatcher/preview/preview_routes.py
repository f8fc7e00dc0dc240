"""``POST /v1/preview``, on the internal port: who would be told what, and nothing is sent."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dispatcher.preview.asking import Unreadable, read
from dispatcher.preview.previewer import DirectoryBehind, Previewer
from dispatcher.preview.problems import problem


def preview_routes(previewer: Previewer) -> list[BaseRoute]:
    async def preview(request: Request) -> Response:
        try:
            return JSONResponse(await previewer.preview(read(await request.body())))
        except Unreadable as error:
            return problem(422, "This is no question for a preview.", str(error))
        except DirectoryBehind:
            return problem(
                503,
                "The directory is behind.",
                "The last change of the directory has not arrived here yet; ask again in a moment.",
                slug="directory-behind",
                headers={"Retry-After": "1"},
            )

    return [Route("/v1/preview", preview, methods=["POST"])]
