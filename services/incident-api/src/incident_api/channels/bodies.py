"""What an operator sends about channels and destinations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from tocsin_contracts.model import Slug
from tocsin_contracts.words import Channel

from incident_api.web.models import Body, Line, OptionalText


class Pause(Body):
    reason: OptionalText | None = None


class Test(Body):
    """``person``: a contact of ``client_key``, or without one, one of the provider's own people."""

    __test__ = False
    client_key: Slug | None = None
    person: Annotated[Line, Field(max_length=254)]


class Resend(Body):
    channel: Annotated[Channel | None, Field(description="left out: the same one")] = None


class NewDestination(Body):
    channel: Channel
    address: Annotated[Line, Field(max_length=254)]
