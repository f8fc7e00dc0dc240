"""What an operator sends about a conversation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from tocsin_contracts.model import Slug

from incident_api.web.models import Body, Line, RequiredText


class NewQuestion(Body):
    client_key: Slug
    contact: Annotated[
        Line | None,
        Field(max_length=254, description="a key of the client's contacts; left out: somebody"),
    ] = None
    text: RequiredText


class NewAnswer(Body):
    """The words go out unchanged."""

    text: RequiredText
    person: Annotated[
        Line | None,
        Field(description="who answers, as the client reads it: a key of its account team"),
    ] = None
    question_ids: Annotated[
        tuple[Line, ...] | None,
        Field(
            min_length=1,
            max_length=200,
            description="left out: all that is open, of people we know",
        ),
    ] = None


class Assigned(Body):
    """Where a reply belongs: from then on it is a question there."""

    incident_id: Annotated[Line, Field(description="id or reference")]
    client_key: Slug
