"""Which message a write makes, by what it changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_contracts.words import Kind


def kind_of_change(
    changed: Collection[str],
    *,
    eta_before: datetime | None = None,
    workaround_after: str | None = None,
) -> Kind:
    """Nothing but the ETA: ``eta_change``; nothing but the workaround: ``workaround``; else update.

    The first ETA is an ``update``, because there is no old time to name; so is a workaround that
    is withdrawn, because there is none to describe.
    """
    if set(changed) == {"eta"} and eta_before is not None:
        return Kind.ETA_CHANGE
    if set(changed) == {"workaround"} and workaround_after:
        return Kind.WORKAROUND
    return Kind.UPDATE
