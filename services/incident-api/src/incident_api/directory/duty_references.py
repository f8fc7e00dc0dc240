"""Whether the people that a team's rota names are in the team. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from incident_api.directory.entries import TeamEntry

Fault = tuple[str, str]
"""(pointer within the team, sentence)."""


def duty_faults(team: TeamEntry) -> Iterator[Fault]:
    known = {member.person for member in team.everyone()}
    for pointer, person in _named(team):
        if person not in known:
            yield (
                pointer,
                f"'{person}' is nobody of this team; add them to 'others', or give them a role.",
            )


def others_twice(team: TeamEntry) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, member in enumerate(team.others):
        if member.person in seen:
            yield f"/others/{index}", f"'{member.person}' is there twice."
        seen.add(member.person)


def _named(team: TeamEntry) -> Iterator[tuple[str, str]]:
    if team.duty is None:
        return
    for place, shift in enumerate(team.duty.shifts or ()):
        for index, person in enumerate(shift.people):
            yield f"/duty/shifts/{place}/people/{index}", person
    for place, override in enumerate(team.duty.overrides or ()):
        yield f"/duty/overrides/{place}/person", override.person
