"""The few words in the reasons that operators read beside a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

OPERATOR = "key:"
"""How the name of an API key begins where it stands for a person."""

# Roles that are written in capitals; any other slug reads as its words.
CAPITALS = {"it": "IT", "ceo": "CEO", "cto": "CTO", "cio": "CIO", "coo": "COO", "cfo": "CFO"}


@lru_cache(maxsize=1_000)
def role_words(roles: tuple[str, ...]) -> str:
    """``("it_lead", "ceo")`` as "IT lead and CEO"."""
    return and_list([_role(role) for role in roles])


def and_list(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"; an empty list is an empty text."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _role(role: str) -> str:
    return " ".join(CAPITALS.get(part, part) for part in role.replace("-", "_").split("_"))
