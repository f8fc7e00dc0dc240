"""The base of every contract model and the few types they share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


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

__all__ = ["Model", "Moment", "PersonKey", "Slug"]
