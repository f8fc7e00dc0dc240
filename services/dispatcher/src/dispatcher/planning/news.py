"""News of an escalation that no message of its own tells, in facts.

``key`` names its sentence among the ``news`` of the languages' ``words.toml``.
"""

from __future__ import annotations

from tocsin_contracts import events as e

from dispatcher.planning.words import OPERATOR
from dispatcher.rendering.facts import NewsFacts


def news_of(data: e.EscalationEvent, clients: tuple[str, ...]) -> NewsFacts | None:
    """``None`` where the event is told by a message of its own, or not at all."""
    match data:
        case e.EscalationExhausted(tried=tried):
            names = tuple(dict.fromkeys(call.name for call in tried))
            key = "client_exhausted" if names else "client_unreached"
            return NewsFacts(key=key, clients=clients, tried=names)
        case e.EscalationConfirmed(person_name=name):
            return NewsFacts(key="client_confirmed", clients=clients, person=name)
        case e.EscalationDeEscalated():
            return _decided("not_needed", data, clients)
        case e.EscalationPaused(until=until):
            paused = _decided("paused_until" if until else "paused", data, clients)
            return paused.model_copy(update={"until": until})
        case e.EscalationResumed(by=by):
            return _decided("resumed" if by else "resumed_by_itself", data, clients)
        case e.EscalationEscalated():
            return _decided("escalated", data, clients)
    return None


def _decided(
    key: str,
    data: e.EscalationDeEscalated
    | e.EscalationPaused
    | e.EscalationResumed
    | e.EscalationEscalated,
    clients: tuple[str, ...],
) -> NewsFacts:
    """An operator's decision, with their own reason."""
    by = data.by.removeprefix(OPERATOR) if data.by else None
    return NewsFacts(key=key, clients=clients, by=by, reason=data.reason)
