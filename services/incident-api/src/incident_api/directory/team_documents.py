"""Account teams as the other services know them: who is in them, who is away, who is on duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tocsin_contracts.staff import Absence, AccountTeam, Duty, StaffMember

from incident_api.directory import defaults
from incident_api.directory.document import Entries, timezone_of
from incident_api.directory.entries import MemberEntry, TeamEntry
from incident_api.directory.presence import NOBODY_AWAY, Presence
from incident_api.directory.week_hours import hours_document


@dataclass(frozen=True)
class Context:
    """What an entry's document needs beside the entry; ``staff`` is everybody, by key."""

    timezone: str = defaults.PROVIDER.timezone
    staff: Mapping[str, MemberEntry] = field(default_factory=dict)
    presence: Presence = NOBODY_AWAY


ALONE = Context()


def context_of(entries: Entries, presence: Presence) -> Context:
    staff = {
        member.person: member
        for entry in entries.values()
        if isinstance(entry, TeamEntry)
        for member in entry.everyone()
    }
    return Context(timezone_of(entries), staff, presence)


def team_document(entry: TeamEntry, context: Context) -> AccountTeam:
    """Stand-ins of other teams are among ``others``, and so are theirs."""
    own = {member.person: member for member in entry.everyone()}
    absences = _absences(own, context)
    people = own | {one.stand_in: context.staff[one.stand_in] for one in absences if one.stand_in}
    roles = entry.members()
    held = {member.person for member in roles.values()}
    return AccountTeam(
        key=entry.key,
        members={role: _member(member, context) for role, member in roles.items()},
        others=tuple(_member(people[key], context) for key in people if key not in held),
        absences=absences,
        duty=_known(context.presence.duties.get(entry.key), own),
        timezone=context.timezone,
    )


def _absences(own: Iterable[str], context: Context) -> tuple[Absence, ...]:
    """Of ``own``, and of whoever stands in for one of them, wherever they are."""
    found: list[Absence] = []
    asked = list(own)
    for person in asked:
        for absence in context.presence.absences.get(person, ()):
            stand_in = absence.stand_in if absence.stand_in in context.staff else None
            found.append(absence.model_copy(update={"stand_in": stand_in}))
            if stand_in is not None and stand_in not in asked:
                asked.append(stand_in)
    return tuple(found)


def _known(duty: Duty | None, own: Mapping[str, MemberEntry]) -> Duty | None:
    if duty is None or all(span.person in own for span in duty.spans):
        return duty
    kept = tuple(span for span in duty.spans if span.person in own)
    return duty.model_copy(update={"spans": kept})


def _member(entry: MemberEntry, context: Context) -> StaffMember:
    hours = entry.working_hours
    return StaffMember(
        key=entry.person,
        name=entry.name,
        working_hours=None if hours is None else hours_document(hours, context.timezone),
        holidays=entry.holidays,
        channels=entry.channels or (),
    )
