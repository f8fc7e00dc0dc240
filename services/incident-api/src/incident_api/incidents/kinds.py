"""Which message a write makes, by what it changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_contracts.words import Kind


def kind_of_change(
    changed: Collection[str],
    *,
    eta_before: datetime | None = None,
) -> Kind:
    """Nothing but the ETA: ``eta_change``; nothing but the workaround: ``workaround``; else update.

    The first ETA is an ``update``, because there is no old time to name. A workaround that is
    withdrawn is a ``workaround`` too: its message asks to stop using it.
    """
    if set(changed) == {"eta"} and eta_before is not None:
        return Kind.ETA_CHANGE
    if set(changed) == {"workaround"}:
        return Kind.WORKAROUND
    return Kind.UPDATE
