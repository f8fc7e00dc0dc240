"""The base of every contract model and the few types they share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """Frozen, and strict for whoever produces it: an unknown field is an error.

    Consumers parse with ``extra="ignore"`` (see :mod:`tocsin_contracts.envelope`), so a producer
    may add a field before its consumers know it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
"""The key of a thing the provider names: lower case, at most 63 characters."""

PersonKey = Annotated[str, StringConstraints(min_length=1, max_length=254)]
"""A person's key within its owner: a slug, or an email address where none was given."""

Moment = AwareDatetime
"""A point in time with an offset; a naive datetime is refused."""

Minutes = Annotated[Decimal, Field(ge=0, le=527_040, max_digits=12)]
"""Minutes, decimals allowed (0.2 is twelve seconds), at most a year."""

PositiveMinutes = Annotated[Decimal, Field(gt=0, le=527_040, max_digits=12)]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

__all__ = ["Minutes", "Model", "Moment", "PersonKey", "PositiveMinutes", "Slug", "Weekday"]
