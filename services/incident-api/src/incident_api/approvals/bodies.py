"""What somebody sends about an approval."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from tocsin_contracts.words import Decision

from incident_api.web.models import Body, Text


class Decided(Body):
    """``content_sha256`` is that of the approval: a yes to a text that has changed counts for
    nothing."""

    decision: Decision
    content_sha256: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Text | None = None
