"""What of a conversation is decided: which questions an answer settles, and how people are named.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.words import QuestionSource

from incident_api.conversations.model import Message
from incident_api.directory.view import DirectoryView

BY = {
    QuestionSource.EMAIL: "by email",
    QuestionSource.SMS: "by text message",
    QuestionSource.VOICE: "by telephone",
    QuestionSource.SLACK: "on Slack",
    QuestionSource.TEAMS: "in Teams",
    QuestionSource.PORTAL: "in the portal",
    QuestionSource.LINK: "on the page behind the link",
    QuestionSource.PHONE: "by telephone",
}
"""Where it came from, for a sentence."""

MOST_OPEN = 20
"""Open questions of one person in one conversation: each of them is a message to staff."""


class NotPossible(ValueError):
    """``pointer`` is the wrong place in the body, ``None`` where the state forbids it."""

    def __init__(self, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.pointer = pointer


def to_answer(
    questions: Sequence[Message], wanted: Sequence[str] | None, *, ref: str, client_key: str
) -> list[Message]:
    """The ``wanted`` ones of those that are open; ``None``: those to whom an answer can go back,
    which is nobody we do not know. Raises :class:`NotPossible`."""
    still_open = {one.id: one for one in questions if one.is_open}
    if not still_open:
        raise NotPossible(
            "No question is open in this conversation. To tell them something new, POST"
            f' /v1/incidents/{ref}/updates with "audience": {{"client_keys": ["{client_key}"]}}.'
        )
    for place, question_id in enumerate(wanted or ()):
        if question_id not in still_open:
            raise NotPossible(
                f"'{question_id}' is no open question of this conversation; open are:"
                f" {', '.join(still_open)}. Left out, all of them are answered.",
                f"/question_ids/{place}",
            )
    if wanted is not None:
        return [one for one in still_open.values() if one.id in wanted]
    reached = [one for one in still_open.values() if one.person is not None]
    if not reached:
        raise NotPossible(f"No open question is of somebody we know. {left_open(questions)}")
    return reached


def settled_by_reply(questions: Sequence[Message], question_id: str) -> tuple[str, ...]:
    """What a colleague answers below the message that brought ``question_id``: that question, open
    or not, and what else its asker has open that was asked in the same way. Nobody else's."""
    still_open = [one for one in questions if one.is_open]
    below = next((one for one in still_open if one.id == question_id), None)
    if below is None:
        return (question_id,)
    asker = (below.person, below.source)
    same = [one for one in still_open if one.person and (one.person, one.source) == asker]
    return tuple(one.id for one in same) or (question_id,)


def open_of(questions: Sequence[Message], person: str) -> list[Message]:
    return [one for one in questions if one.is_open and one.person == person]


def left_open(questions: Sequence[Message]) -> str | None:
    """Why questions of people we do not know are still open, if there are any."""
    strangers = [one.id for one in questions if one.is_open and one.person is None]
    if not strangers:
        return None
    return (
        f"Open, of somebody we do not know: {', '.join(strangers)}. Nothing can go back to them;"
        " once they have their answer, name the question in question_ids."
    )


def contact_of(client: Client | None, person: str | None) -> Contact | None:
    contacts = client.contacts if client else ()
    return next((one for one in contacts if one.key == person), None)


def staff_name(view: DirectoryView, person: str) -> str | None:
    """The name of one of the provider's own people, whichever team they are in."""
    for team in view.teams.values():
        for member in team.everyone():
            if member.key == person:
                return member.name
    return None


def asked_sentence(client: Client, person: str | None, asker: str, source: QuestionSource) -> str:
    """Without a contact's name and words, which go when the person is erased."""
    who = f"A reader at {client.name}" if person else f"Somebody at {client.name} ({asker})"
    return f"{who} asks {BY[source]}."


def excerpt(text: str, most: int = 120) -> str:
    """The beginning of it, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
