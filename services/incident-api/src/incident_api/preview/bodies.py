"""What a preview is asked."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from tocsin_contracts.words import Kind

from incident_api.web.models import Body, Line

THIRTY = frozenset(kind for kind in Kind if not kind.of_no_outage) - {Kind.STAFF_NOTE}


class Preview(Body):
    """``incident`` is the body that would open one (for planned work: a window's), ``incident_id``
    one that there is; ``update`` is the body of the call that would send."""

    kind: Kind
    incident: dict[str, Any] | None = None
    incident_id: Annotated[
        Line | None, Field(description="id or reference; of planned work the window's")
    ] = None
    update: dict[str, Any] | None = None
    html: Annotated[bool, Field(description="the HTML part of mails as well")] = False

    @model_validator(mode="after")
    def _is_about_one(self) -> Self:
        if (self.incident is None) == (self.incident_id is None):
            raise ValueError("Give either 'incident', as it would be opened, or 'incident_id'.")
        if self.kind not in THIRTY:
            raise ValueError(f"There is no preview of {self.kind.value}.")
        return self
