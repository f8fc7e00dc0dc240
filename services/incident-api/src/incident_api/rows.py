"""Rows on their way into PostgreSQL: JSON text for ``jsonb_populate_recordset($n::text::jsonb)``.

One parameter carries any number of rows of any columns, so that one statement can write several
tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json


def as_rows(values: Iterable[Any]) -> str:
    """``values`` are dataclasses or dicts, with the columns as names; moments stay as they are."""
    return to_json(list(values)).decode()
