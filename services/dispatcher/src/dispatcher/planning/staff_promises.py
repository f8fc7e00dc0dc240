"""Who of the provider's people hears that a promised word is due, at risk, late or broken.

The NOC always does; of an account team's people each hears of their own clients only, and of all of
them in one message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin_contracts import events as e
from tocsin_contracts.events import Called
from tocsin_contracts.words import Promise

from dispatcher.directory.view import View
from dispatcher.planning.staff import Call
from dispatcher.planning.words import role_words

WORDS = {
    Promise.FIRST_NOTICE: "first word",
    Promise.UPDATE: "update",
    Promise.CLOSURE: "closing note",
}
NOC = "noc"


@dataclass(frozen=True)
class Part:
    """People who read one text: the same clients are meant for all of them."""

    client_keys: tuple[str, ...]
    calls: tuple[Call, ...]


def clients_of(data: e.EscalationEvent) -> tuple[str, ...]:
    """Whom the event's message speaks of: also those whose own events make none."""
    if isinstance(data, e.PromiseEvent):
        return (*data.client_keys, *(also.client_key for also in data.together))
    return data.client_keys


def promise_parts(
    data: e.UpdateDue | e.PromiseEvent, client_keys: Sequence[str], view: View
) -> list[Part]:
    """One part for everybody who hears of the same of ``client_keys``."""
    about: dict[str, tuple[Call, list[str]]] = {}
    for call, keys in _hearers(data, client_keys, view):
        about.setdefault(call.person, (call, []))[1].extend(keys)
    by_clients: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    for call, keys in about.values():
        by_clients[tuple(key for key in client_keys if key in keys)].append(call)
    return [Part(keys, tuple(calls)) for keys, calls in by_clients.items() if keys]


def _hearers(
    data: e.UpdateDue | e.PromiseEvent, client_keys: Sequence[str], view: View
) -> Iterable[tuple[Call, Sequence[str]]]:
    if isinstance(data, e.UpdateDue):
        if not data.notify:
            yield Call(NOC, "the NOC", _why(data)), client_keys
        for called in data.notify:
            yield _call(called, data), _clients_of_team(view, called, client_keys)
        return
    yield Call(NOC, "the NOC", _why(data)), client_keys
    people = [*((data.client_keys[0], c) for c in data.notify)]
    people += [(also.client_key, c) for also in data.together for c in also.notify]
    for client_key, called in people:
        yield _call(called, data), [client_key]


def _call(called: Called, data: e.UpdateDue | e.PromiseEvent) -> Call:
    role = called.role
    why = f"{role_words((role,))}: {_why(data)}"
    return Call(called.person, called.name, why, (role,))


def _clients_of_team(view: View, called: Called, client_keys: Sequence[str]) -> list[str]:
    """The clients for whom a person stands; all of them, where no team here says so."""
    own = [key for key in client_keys if called.person in _team(view, key)]
    return own or list(client_keys)


def _team(view: View, client_key: str) -> set[str]:
    client = view.clients.get(client_key)
    team = view.teams.get(client.account_team or "") if client else None
    return {member.key for member in team.members.values()} if team else set()


def _why(data: e.UpdateDue | e.PromiseEvent) -> str:
    match data:
        case e.UpdateOverdue():
            return "the promised update is not written"
        case e.UpdateDue():
            return "an update is due soon and none is written"
        case e.PromiseAtRisk():
            return f"the promised {WORDS[data.promise]} has not reached its readers yet"
    return f"the promised {WORDS[data.promise]} did not reach its readers in time"
