"""What the escalation service is told by its environment, beyond what every service is told."""

from __future__ import annotations

from pydantic import Field
from tocsin_runtime.settings import RuntimeSettings


class Settings(RuntimeSettings):
    recovery_grace_seconds: float = Field(
        default=30,
        ge=0,
        description="Nobody is called before all events have been read and this time has passed, so"
        " that what was acknowledged during an outage of our own wakes nobody.",
    )
