"""What an operator sends about an escalation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from incident_api.web.models import Body, Line, Text

Person = Annotated[
    Line, Field(description="a key of the client's account team; left out: you, by your key's name")
]


class Answered(Body):
    person: Person | None = None
    reason: Text | None = None


class HandOver(Body):
    """``to``: a key of the client's account team."""

    to: Line
    person: Person | None = None
    reason: Text | None = None
