"""What an escalation says to staff, as the variables of its template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin_contracts.events import TriedCall

from dispatcher.rendering.base_view import base_view
from dispatcher.rendering.facts import ClientTold, EscalationFacts
from dispatcher.rendering.incident_view import incident_view
from dispatcher.rendering.marks import role_words
from dispatcher.rendering.news_words import note_words
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.phones import as_read
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.reason_words import reason_words
from dispatcher.rendering.rich import one_line, rich, shortened
from dispatcher.rendering.spoken import in_words
from dispatcher.rendering.unavailable_words import in_words as in_words_of

NO_FACTS = EscalationFacts(clients=())


def staff_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    facts = notice.escalation or NO_FACTS
    return {
        **incident_view(notice, reading),
        "clients": reading.names(tuple(client.name for client in facts.clients))
        or reading.phrase("no_client_staff"),
        "one_client": len(facts.clients) < 2,
        "told": [_told(client, reading) for client in facts.clients],
        **_why(facts, notice, reading),
        "note": _note(facts.reason),
        "next": _next(facts, reading),
        "nexts": _nexts(facts, reading),
        "was_due": reading.at(facts.due_at) if facts.late_by_seconds else None,
        "tried": _tried(facts.tried, reading),
        "tried_count": len({call.name for call in facts.tried}),
        "tried_count_spoken": in_words(reading.language, len({c.name for c in facts.tried})),
        "tried_names": reading.names(tuple(dict.fromkeys(call.name for call in facts.tried))),
        "taker": one_line(facts.taker.name if facts.taker else None) or reading.phrase("no_taker"),
        "asked_by": reading.names(facts.asked_by),
        "answer_due": reading.at(facts.answer_due),
        "unreached": reading.names(facts.unreached),
        "to": one_line(facts.to.name if facts.to else None),
        "to_phone": as_read(facts.to.phone if facts.to else None)
        or as_read(notice.provider.desk_phone),
        "taker_phone": _taker_phone(notice, facts),
        "taken_at": reading.at(facts.taken_at or notice.at),
        "holds_until": reading.at(facts.holds_until),
        "next_word": reading.at(_earliest_word(facts, notice)),
    }


def _told(client: ClientTold, reading: Reading) -> dict[str, Any]:
    call, role = client.call_first, client.call_first_role
    return {
        "name": one_line(client.name),
        "systems": reading.names(client.systems),
        "at": reading.at(client.told_at),
        "reached": client.reached,
        "planned": client.planned,
        "confirmed": client.confirmed,
        "next_word": reading.at(client.next_word_due),
        "call_name": one_line(call.name) if call else None,
        "call_phone": as_read(call.phone) if call else None,
        "call_role": role_words(reading.language, role) if role else None,
    }


def _why(facts: EscalationFacts, notice: Notice, reading: Reading) -> dict[str, Any]:
    """``standing`` says in few words why this reader: nobody has it, or who asks."""
    reason = reason_words(facts, reading.severity(notice.outage.severity), reading)
    said = [one for one in map(one_line, facts.unavailable) if one and one not in (reason or "")]
    return {
        "reason": reason,
        "unavailable": reading.language.word("unavailable", "apart").join(
            in_words_of(one, reading) for one in said
        )
        or None,
        "forced_by": one_line(facts.by),
        "forced_reason": shortened(one_line(facts.by_reason) or "", 300) or None,
        "standing": _standing(facts, reading),
        "held_or_asked": bool(facts.by or facts.held_by or facts.asked_by),
    }


def _standing(facts: EscalationFacts, reading: Reading) -> str:
    asked, forced, held = reading.names(facts.asked_by), one_line(facts.by), one_line(facts.held_by)
    if asked:
        return reading.phrase("waits_for_answer").format(name=asked)
    if forced:
        return reading.phrase("called_by").format(name=forced)
    return reading.phrase("has_it").format(name=held) if held else reading.phrase("nobody_has_it")


def _note(reason: str | None) -> str | None:
    """What a colleague wrote when handing over, as they wrote it."""
    words = one_line(reason)
    return shortened(words, 300) if words else None


def _next(facts: EscalationFacts, reading: Reading) -> dict[str, Any] | None:
    if facts.next is None:
        return None
    return {"name": one_line(facts.next.name), "at": reading.at(facts.next.at)}


def _nexts(facts: EscalationFacts, reading: Reading) -> list[dict[str, Any]]:
    """Who is called for each client, where no one answer holds for all of them."""
    if facts.next is not None:
        return []
    calls = [(client, client.next) for client in facts.clients if client.next is not None]
    return [
        {
            "client": one_line(client.name),
            "name": one_line(call.name),
            "at": reading.at(call.at),
        }
        for client, call in sorted(calls, key=lambda pair: pair[1].at)
    ]


def _tried(calls: tuple[TriedCall, ...], reading: Reading) -> list[str]:
    """``Ann Weiss 10:07 CET, email and SMS``, a line a call."""
    return [", ".join(filter(None, _call(call, reading))) for call in calls]


def _call(call: TriedCall, reading: Reading) -> tuple[str, str | None]:
    words = tuple(reading.language.word("channels", channel.value) for channel in call.channels)
    return f"{one_line(call.name)} {reading.times.at(call.at)}", reading.names(words)


def _taker_phone(notice: Notice, facts: EscalationFacts) -> str | None:
    own = as_read(facts.taker.phone) if facts.taker else None
    return own or as_read(notice.provider.desk_phone)


def _earliest_word(facts: EscalationFacts, notice: Notice) -> datetime | None:
    due = [client.next_word_due for client in facts.clients if client.next_word_due]
    return min(due, default=notice.next_update_due)


def note_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """One fact, as a sentence."""
    words = note_words(notice, reading)
    sentence = words if words.endswith((".", "!", "?", "…")) else f"{words}."
    return {**base_view(notice, reading), "note": sentence, "message": rich(sentence)}
