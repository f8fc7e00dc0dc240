"""Prevention items as they are answered."""

from __future__ import annotations

from typing import Any

from incident_api.incidents.closure import Closure
from incident_api.web.shown import plain


def items_shown(closure: Closure) -> dict[str, Any]:
    return {
        "items": [
            {
                "number": number,
                **one.item.model_dump(),
                "done": one.done,
                "done_at": plain(one.done_at),
            }
            for number, one in enumerate(closure.items, 1)
        ]
    }
