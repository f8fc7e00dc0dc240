"""What an operator sends about an escalation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from incident_api.web.models import Body, Line, RequiredText, Text

Person = Annotated[
    Line, Field(description="a key of the client's account team; left out: you, by your key's name")
]
Minutes = Annotated[
    int, Field(ge=1, le=1440, description="how long they have it; left out: as the policy says")
]
PauseMinutes = Annotated[
    int, Field(ge=1, le=10_080, description="it goes on by itself then; left out: when resumed")
]


class Answered(Body):
    person: Person | None = None
    reason: Text | None = None


class Taken(Answered):
    minutes: Minutes | None = None


class HandOver(Taken):
    """``to``: a key of the client's account team."""

    to: Line


class Reasoned(Body):
    """For what changes who is called: whoever reads of it later wants to know why."""

    person: Person | None = None
    reason: RequiredText


class Paused(Reasoned):
    minutes: PauseMinutes | None = None


Said = Answered | Reasoned
