"""What is said of teams that were just written: rotas with holes, people nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin_runtime.clock import Clock

from incident_api.directory.advice import Advice, Advise, Proposal
from incident_api.directory.document import timezone_of
from incident_api.directory.entries import Destinations, TeamEntry
from incident_api.duty.coverage import rota_findings


def advise_on_teams(clock: Clock) -> Advise:
    """Only of what changed: a rota with holes may be meant, and is not said every time."""

    async def advise(proposal: Proposal) -> Advice:
        zone = timezone_of(proposal.after)
        notes: list[str] = []
        for team in _written(proposal):
            notes += rota_findings(team, zone, clock.now())
            notes += unreachable_people(team)
        return Advice(notes=tuple(dict.fromkeys(notes)))

    return advise


def unreachable_people(team: TeamEntry) -> list[str]:
    """A sentence for each of a team who has no address at all."""
    fields = Destinations.model_fields
    return [
        f"{member.name} ('{member.person}' of '{team.key}') has no address, so nothing reaches"
        " them; add an email or a phone."
        for member in team.everyone()
        if all(getattr(member, name) is None for name in fields)
    ]


def _written(proposal: Proposal) -> Iterator[TeamEntry]:
    for entry_id, entry in proposal.after.items():
        if isinstance(entry, TeamEntry) and proposal.before.get(entry_id) != entry:
            yield entry
