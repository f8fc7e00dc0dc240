"""What asking for the people of a role is answered with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin_contracts.events import Called
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.staff import StaffMember


@dataclass(frozen=True)
class Found:
    """One who can be called for a role, or why nobody can.

    ``stands_in_for`` is the name of whoever holds the role and is away. ``reason`` is a clause
    without a full stop: "Ann Weiss is away until 1 December". A client's contact is given as a
    member with its channels.
    """

    person: StaffMember | None
    stands_in_for: str | None = None
    reason: str = ""


def called(found: Iterable[Found], role: str) -> dict[str, Called]:
    """Those who can be called, by person key."""
    return {
        one.person.key: Called(
            person=one.person.key, name=one.person.name, role=role, stands_in_for=one.stands_in_for
        )
        for one in found
        if one.person is not None
    }


@dataclass(frozen=True)
class Colleague:
    """Somebody of an account team, and in which role: the first, where it is several."""

    member: StaffMember
    role: str


class Holders(Protocol):
    """Who is called for a role of a client at ``now``.

    ``role`` is one of the account team, ``on_duty``, or for ``ChainKind.CLIENT`` a contact role.
    Several may be found; nobody: one answer without a person that says why.
    ``at_any_hour`` looks past a person's own working hours.
    """

    def __call__(
        self,
        client_key: str,
        role: str,
        now: datetime,
        /,
        *,
        kind: ChainKind = ChainKind.ACCOUNT,
        at_any_hour: bool = False,
    ) -> tuple[Found, ...]: ...

    def colleague(self, client_key: str, person: str, /) -> Colleague | None:
        """One of the client's account team, there or not; ``None``: somebody else."""
        ...
