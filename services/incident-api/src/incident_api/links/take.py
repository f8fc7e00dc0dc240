"""What the page of a take link shows and offers: pure, from incident, directory and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin_contracts.words import EscalationState, Verb

from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.links.answer import Answer
from incident_api.links.tokens import Link
from incident_api.timeline.standing import Escalation

STOPPED = EscalationState.STOPPED
ANSWERABLE = (Verb.TAKE, Verb.DECLINE, Verb.HAND_OVER)


@dataclass(frozen=True)
class Colleague:
    key: str
    name: str


@dataclass(frozen=True)
class TakePage:
    """``said`` is what this link was used for last; ``over`` is why nothing can be answered.

    ``holders`` are others who have one of the clients now, ``all_held`` where that is every one.
    ``wrong`` is why what was just sent is no answer.
    """

    provider: str
    ref: str
    title: str
    severity: str
    person: str
    clients: tuple[str, ...]
    since: str
    colleagues: tuple[Colleague, ...]
    said: str | None
    over: str | None
    holders: tuple[str, ...] = ()
    all_held: bool = False
    wrong: str | None = None

    @property
    def client_list(self) -> str:
        """``ACME GmbH, Beta AG and 2 more``."""
        if not self.clients:
            return "your clients"
        if len(self.clients) > 3:
            return f"{', '.join(self.clients[:2])} and {len(self.clients) - 2} more"
        *first, last = self.clients
        return f"{', '.join(first)} and {last}" if first else last


def take_page(
    link: Link,
    incident: Incident,
    client_keys: tuple[str, ...],
    view: DirectoryView,
    said: Answer | None,
    chains: Sequence[Escalation] = (),
) -> TakePage:
    """``client_keys`` are those the link is about, resolved against the incident's audience."""
    zone = ZoneInfo(view.provider.timezone)
    known = [view.clients[key] for key in client_keys if key in view.clients]
    people = colleagues(view, client_keys)
    names = {colleague.key: colleague.name for colleague in people}
    running = [c for c in chains if c.client_key in client_keys and _is_ours(c)]
    held = [chain for chain in running if held_by_another(chain, link.person, said)]
    return TakePage(
        provider=view.provider.name,
        ref=incident.ref,
        title=incident.title,
        severity=incident.severity.words,
        person=names.get(link.person, link.person),
        clients=tuple(client.name for client in known),
        since=clock_time(incident.started_at, zone),
        colleagues=tuple(c for c in people if c.key != link.person),
        said=None if said is None else _said(said, names, zone),
        over=None if incident.status.is_open else f"This outage is {incident.status.value}.",
        holders=tuple(sorted({chain.person_name or chain.person or "" for chain in held})),
        all_held=bool(held) and len(held) == len(running),
    )


def _is_ours(chain: Escalation) -> bool:
    """What the client's own people were called for is nobody's of ours to have."""
    return chain.state != STOPPED and not chain.of_client


def held_by_another(chain: Escalation, person: str, said: Answer | None) -> bool:
    """A take of this person's that is newer than what we heard of the chain counts before it."""
    if chain.state != EscalationState.TAKEN or chain.person == person:
        return False
    if said is None or said.verb is not Verb.TAKE:
        return True
    return said.answered_at < chain.changed_at


def offered(verb: str, to: str, showing: TakePage) -> Verb | None:
    """The answer that was chosen; ``None`` if the page offers no such answer."""
    chosen = {one.value: one for one in ANSWERABLE}.get(verb)
    stranger = to not in {colleague.key for colleague in showing.colleagues}
    return None if chosen is Verb.HAND_OVER and stranger else chosen


def colleagues(view: DirectoryView, client_keys: tuple[str, ...]) -> tuple[Colleague, ...]:
    """Everyone of the account teams of these clients, by name."""
    teams = {view.clients[key].account_team for key in client_keys if key in view.clients}
    members = {
        member.key: member.name
        for key in teams
        if key is not None and key in view.teams
        for member in view.teams[key].everyone()
    }
    return tuple(Colleague(key, name) for key, name in sorted(members.items(), key=lambda m: m[1]))


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """``24 November, 09:52 CET``: with its date, since a page may be opened days later."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B, %H:%M %Z}"


def _said(answer: Answer, names: dict[str, str], zone: ZoneInfo) -> str:
    at = clock_time(answer.answered_at, zone)
    to = names.get(answer.to_person or "", answer.to_person or "")
    return {
        Verb.TAKE: f"You took it on {at}.",
        Verb.DECLINE: f"You passed it on on {at}. Whoever is next is called.",
        Verb.HAND_OVER: f"You handed it over to {to} on {at}.",
    }.get(answer.verb, f"You answered on {at}.")
