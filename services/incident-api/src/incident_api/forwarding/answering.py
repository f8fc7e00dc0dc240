"""What a caller of ours is told when the service that was asked has no answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from incident_api.forwarding.port import DirectoryBehind, NotAnswering, NotAQuestion
from incident_api.web.problem import Problem

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


async def answered(asked: Awaitable[Answer], away: str, consequence: str) -> Answer:
    """Raises the :class:`Problem` that is told instead of an answer.

    ``away`` is its slug where the service is away, ``consequence`` what that means for the caller.
    """
    try:
        return await asked
    except NotAnswering as error:
        log.warning("no_answer", problem=away, error=str(error))
        raise Problem(away, consequence, headers={"Retry-After": "2"}) from error
    except DirectoryBehind as behind:
        raise Problem("directory-behind", str(behind), headers={"Retry-After": "1"}) from behind
    except NotAQuestion as refused:
        raise Problem("invalid", str(refused)) from refused
