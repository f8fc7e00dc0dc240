"""What came back from readers and providers; on ``tocsin.notifications``."""

from __future__ import annotations

from tocsin_contracts.envelope import EventData
from tocsin_contracts.events.conversations import IncidentReceiptConfirmed
from tocsin_contracts.events.incidents import IncidentStepAnswered
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.words import Channel, Circuit, Kind, QuestionSource, SuppressionCause


class ReplyReceived(EventData):
    """A person wrote back, and it was neither a key nor an automatic message.

    ``incident_id`` ``None``: it belongs to no outage we can name; ``person`` ``None``: a stranger.
    ``client_key`` ``None``: staff, or a stranger. ``sender`` is who it was in words that hold no
    address ("number ending 207"). ``to_kind`` and ``delivery_id`` are the message it answers.
    ``staff_answers``: a colleague wrote it below a question, so it is the answer to
    ``question_id``.
    """

    event_type = "tocsin.notification.reply_received.v1"
    reply_id: str
    incident_id: str | None
    client_key: Slug | None
    person: PersonKey | None
    sender: str
    source: QuestionSource
    text: str
    subject: str | None = None
    attachments: tuple[str, ...] = ()
    """Names of what was attached and is not kept."""
    delivery_id: str | None = None
    to_kind: Kind | None = None
    question_id: str | None = None
    staff_answers: bool = False
    at: Moment


class ReplyConfirmed(IncidentReceiptConfirmed):
    """The same as incident-api publishes for link and portal, for a key, a text or a button."""

    event_type = "tocsin.notification.receipt_confirmed.v1"


class ReplyStepAnswered(IncidentStepAnswered):
    """The same as incident-api publishes for link and API, for a key, a text or a button."""

    event_type = "tocsin.notification.step_answered.v1"


class ContactUnreachable(EventData):
    """Every channel that the plan names for this person has failed or may not be used."""

    event_type = "tocsin.notification.contact_unreachable.v1"
    incident_id: str
    client_key: Slug
    person: PersonKey
    person_name: str
    roles: tuple[str, ...] = ()
    cause_id: str
    reason: str
    at: Moment


class Unsubscribed(EventData):
    """The reader wishes to hear of critical and major outages only, on every channel.

    ``channel`` is where they said so.
    """

    event_type = "tocsin.notification.unsubscribed.v1"
    client_key: Slug
    person: PersonKey
    channel: Channel
    incident_id: str | None = None
    one_click: bool = False
    at: Moment


class PersonAt(Model):
    """``client_key`` ``None``: the provider's own staff."""

    client_key: Slug | None
    person: PersonKey
    name: str


class SuppressionChanged(EventData):
    """A destination must not be written to, or (``lifted_at``) may be again.

    ``expires_at`` ``None``: until somebody lifts it. ``people`` are those it belonged to.
    """

    event_type = "tocsin.notification.suppression_changed.v1"
    suppression_id: str
    channel: Channel
    cause: SuppressionCause
    detail: str
    people: tuple[PersonAt, ...]
    since: Moment
    expires_at: Moment | None = None
    lifted_at: Moment | None = None
    lifted_by: str | None = None


class ChannelStateChanged(EventData):
    """How one provider of a channel does. ``provider`` is its name in our settings: ``primary``.

    ``paused_by`` is set while a person holds the whole channel.
    """

    event_type = "tocsin.notification.channel_state_changed.v1"
    channel: Channel
    provider: str
    state: Circuit
    reason: str | None = None
    paused_by: str | None = None
    at: Moment


SOURCE_OF: dict[Channel, QuestionSource] = {
    Channel.EMAIL: QuestionSource.EMAIL,
    Channel.SMS: QuestionSource.SMS,
    Channel.VOICE: QuestionSource.VOICE,
    Channel.SLACK: QuestionSource.SLACK,
    Channel.TEAMS: QuestionSource.TEAMS,
}
