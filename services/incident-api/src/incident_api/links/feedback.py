"""What the page of a feedback link shows: pure, in its reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.words import Rating, StaffRole

from incident_api.directory.view import DirectoryView
from incident_api.documents.language import Language, language_of
from incident_api.documents.times import Times, zone_or_utc
from incident_api.incidents.model import Incident
from incident_api.timeline.feedback import Feedback

MOST = 2000


@dataclass(frozen=True)
class Asked:
    """Who is asked about what. ``systems`` by the client's names, ``before`` what they said."""

    incident: Incident
    view: DirectoryView
    client: Client
    person: str
    systems: tuple[str, ...]
    before: Feedback | None

    @property
    def contact(self) -> Contact | None:
        return next((one for one in self.client.contacts if one.key == self.person), None)

    @property
    def language(self) -> Language:
        return language_of((self.contact and self.contact.locale) or self.client.locale)


@dataclass(frozen=True)
class Form:
    """What the form holds: a rating's word, and text. ``wrong`` is the key of what is wrong."""

    rating: str = ""
    text: str = ""
    wrong: str = ""

    @property
    def chosen(self) -> Rating | None:
        return Rating(self.rating) if self.rating in tuple(Rating) else None


@dataclass(frozen=True)
class FeedbackPage:
    """``chosen`` and ``text`` are what the form shows, ``said`` what was said before.

    ``wrong`` is why what was just sent is no answer.
    """

    language: str
    title: str
    about: str
    ratings: tuple[tuple[str, str], ...]
    say: str
    send: str
    read_by: str
    foot: str
    chosen: str
    text: str
    said: str
    wrong: str


def checked(form: Form) -> Form:
    """With what is wrong in it, if anything."""
    if form.chosen is None:
        return Form(form.rating, form.text, "choose")
    return Form(form.rating, form.text, "too_long" if len(form.text) > MOST else "")


def feedback_page(asked: Asked, form: Form) -> FeedbackPage:
    """An empty form shows what was said before."""
    language, before = asked.language, None if form.wrong else asked.before
    zone = (asked.contact and asked.contact.timezone) or asked.client.timezone
    day = Times(language, zone_or_utc(zone)).full_date(asked.incident.started_at)
    provider = asked.view.provider.name
    return FeedbackPage(
        language=language.tag,
        title=language.word("feedback", "title"),
        about=f"{language.joined(asked.systems) or asked.incident.ref}, {day}",
        ratings=tuple((rating.value, language.word("ratings", rating)) for rating in Rating),
        say=language.word("feedback", "say"),
        send=language.word("feedback", "send"),
        read_by=_read_by(asked),
        foot=language.word("feedback", "foot", provider=provider, ref=asked.incident.ref),
        chosen=form.chosen or (before.rating if before else ""),
        text=form.text or (before.text or "" if before else ""),
        said=_said(before, language) if before else "",
        wrong=language.word("feedback", form.wrong, most=MOST) if form.wrong else "",
    )


def _said(before: Feedback, language: Language) -> str:
    said = language.word("feedback", "said", rating=language.word("ratings", before.rating))
    return f"{said} {language.word('feedback', 'change')}"


def _read_by(asked: Asked) -> str:
    team = asked.view.teams.get(asked.client.account_team or "")
    manager = None if team is None else team.members.get(StaffRole.ACCOUNT_MANAGER)
    if manager is None:
        return asked.language.word("feedback", "read_by_team")
    return asked.language.word("feedback", "read_by", name=manager.name)
