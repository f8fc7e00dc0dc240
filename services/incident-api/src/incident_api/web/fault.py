"""Something wrong in a request, as rules say it: free of any framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One wrong place: a JSON pointer into the body, or ``?name`` for a query parameter."""

    pointer: str
    detail: str


class Faulty(Exception):
    """What was asked for is wrong in these places; at least one."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{errors[0].pointer}: {errors[0].detail}")
        self.errors = tuple(errors)
