"""How often unused objects are looked for.

A rendering, or a decision, makes thousands of objects that refer to one another and are gone a
moment later. At Python's default of one look each 700 of them, looking takes as long as rendering
and a seventh of deciding (measured by ``python -m bench plan_render timers``); at this one it does
not show, for some 30 MB.
"""

from __future__ import annotations

import gc

EACH = (50_000, 20, 20)


def collect_rarely() -> None:
    """Once, when everything that stays has been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*EACH)
