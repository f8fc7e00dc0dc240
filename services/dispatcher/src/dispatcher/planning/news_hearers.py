"""Who hears news of an escalation: whoever has the client, else its account manager."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from tocsin_contracts import events as e
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, StaffRole

from dispatcher.directory.view import View
from dispatcher.planning.ledger import IncidentLedger
from dispatcher.planning.notices import History
from dispatcher.planning.staff import Call
from dispatcher.planning.staff_notes import AT_ONCE, NOC
from dispatcher.planning.staff_promises import Part


def has_news(data: e.EscalationEvent) -> bool:
    match data:
        case e.EscalationExhausted():
            return data.chain is ChainKind.CLIENT
        case (
            e.EscalationConfirmed()
            | e.EscalationDeEscalated()
            | e.EscalationPaused()
            | e.EscalationResumed()
            | e.EscalationEscalated()
        ):
            return True
    return False


def news_parts(
    data: e.EscalationEvent,
    keys: tuple[str, ...],
    view: View,
    known: IncidentLedger,
    called: Collection[str],
) -> list[Part]:
    """One part for each person, with their clients; ``called`` are clients whose own people were
    called in this outage."""
    match data:
        case e.EscalationDeEscalated(told=told):
            why = "was called before, and is not needed any more"
            return [Part(keys, tuple(Call(c.person, c.name, why, (c.role,)) for c in told))]
        case e.EscalationExhausted():
            why = "nobody at the client has confirmed"
            return _parts(keys, lambda key: _speaks_for(view, known, key, why, AT_ONCE))
        case e.EscalationConfirmed():
            why = "the client's own people were called before"
            heard = [key for key in keys if key in called]
            return _parts(heard, lambda key: _speaks_for(view, known, key, why))
    return _parts(keys, lambda key: _taker(known, key, "has this client"))


def _parts(keys: Collection[str], call_for: Callable[[str], Call | None]) -> list[Part]:
    calls: dict[str, Call] = {}
    about: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        call = call_for(key)
        if call is not None:
            calls.setdefault(call.person, call)
            about[call.person].append(key)
    return [Part(tuple(about[person]), (call,)) for person, call in calls.items()]


def _taker(known: IncidentLedger, key: str, why: str) -> Call | None:
    history = known.histories.get(key, History())
    if history.taker is None or history.taker_key is None:
        return None
    return Call(history.taker_key, history.taker.name, why)


def _speaks_for(
    view: View,
    known: IncidentLedger,
    key: str,
    why: str,
    channels: Sequence[Channel] = (),
) -> Call:
    """``channels`` are tried where they have an address; none: where they were reached before."""
    call = _taker(known, key, why) or _account_manager(view, key, why) or _noc(why)
    person = view.staff(call.person)
    usable = tuple(channel for channel in channels if person and channel in person.labels)
    return Call(call.person, call.name, why, call.roles, usable)


def _account_manager(view: View, key: str, why: str) -> Call | None:
    client = view.clients.get(key)
    team = view.teams.get(client.account_team or "") if client else None
    member = team.members.get(StaffRole.ACCOUNT_MANAGER) if team else None
    if member is None:
        return None
    return Call(member.key, member.name, why, (StaffRole.ACCOUNT_MANAGER,))


def _noc(why: str) -> Call:
    return Call(NOC.person, NOC.name, why)
