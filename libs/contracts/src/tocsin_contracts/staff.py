"""The provider's own people: account teams, when they are there, and who is on duty."""

from __future__ import annotations

from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.policies import Hours
from tocsin_contracts.words import Channel, StaffRole


class StaffMember(Model):
    """``working_hours`` ``None``: called at any hour.

    ``holidays`` is an ISO 3166 country, with a subdivision where it has holidays of its own
    (``DE``, ``DE-BE``): those days are no working hours. ``channels`` are those preferred, the best
    first; empty: no preference.
    """

    key: PersonKey
    name: str
    working_hours: Hours | None = None
    holidays: str | None = None
    channels: tuple[Channel, ...] = ()


class Absence(Model):
    """Somebody is away from ``starts_at`` until before ``ends_at``, and who stands in."""

    person: PersonKey
    starts_at: Moment
    ends_at: Moment
    stand_in: PersonKey | None = None


class DutySpan(Model):
    """On duty from ``starts_at`` until before ``ends_at``."""

    person: PersonKey
    starts_at: Moment
    ends_at: Moment


class Duty(Model):
    """Who is on duty when, in moments: whoever reads it needs no calendar and no clock change.

    Spans that overlap put several people on duty. ``known_until``: beyond it nothing is known.
    ``stale_since`` is set while the calendar could not be read, from its last reading on.
    """

    spans: tuple[DutySpan, ...]
    known_until: Moment
    stale_since: Moment | None = None


class AccountTeam(Model):
    """Who speaks for the provider with its clients, by role.

    ``others`` are on duty or stand in and hold no role: everybody named by ``absences`` or ``duty``
    is here or in ``members``. ``timezone`` is the clock on which the team is told of dates.
    """

    key: Slug
    members: dict[StaffRole, StaffMember]
    others: tuple[StaffMember, ...] = ()
    absences: tuple[Absence, ...] = ()
    duty: Duty | None = None
    timezone: str | None = None

    def everyone(self) -> tuple[StaffMember, ...]:
        """Somebody who holds two roles is there twice."""
        return (*self.members.values(), *self.others)
