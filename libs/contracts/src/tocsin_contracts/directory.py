"""The provider's directory as the other services see it: structure, roles and names, no address."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from tocsin_contracts.model import Minutes, Model, PersonKey, PositiveMinutes, Slug, Weekday
from tocsin_contracts.words import Channel, Kind, OnNoAnswer, Severity, StaffRole, Visibility


class PublicationRule(Model):
    """How an incident starts. Empty ``severities`` or ``sources`` match every one.

    ``sources`` are ingest formats, and ``api`` for incidents that people open. With
    ``confirm_after_minutes`` an internal incident publishes itself unless it is over by then.
    """

    severities: tuple[Severity, ...] = ()
    sources: tuple[str, ...] = ()
    visibility: Visibility
    confirm_after_minutes: PositiveMinutes | None = None


class Publication(Model):
    """The first rule that matches decides; none: as the caller says, else published.

    A holding notice goes out ``holding_margin_minutes`` before the promised first notice.
    """

    rules: tuple[PublicationRule, ...] = ()
    holding_margin_minutes: Minutes = Decimal(2)


class Linking(Model):
    """A new incident on the same failed systems as an open one becomes its child.

    Within ``same_root_within_minutes`` of that one's beginning; 0: only by hand.
    """

    same_root_within_minutes: Minutes = Decimal(30)


class Provider(Model):
    """The managed service provider itself; ``locale`` is the language its own people read."""

    name: str
    timezone: str
    locale: str = "en"
    desk_phone: str | None = None
    portal_url: str | None = None
    publication: Publication = Publication()
    linking: Linking = Linking()


class System(Model):
    key: Slug
    name: str
    depends_on: tuple[Slug, ...] = ()


class SystemUse(Model):
    """A client's use of a system, and the client's own name for it (``None``: the system's).

    ``communication_plan`` replaces the client's own where this system is affected.
    """

    key: Slug
    called: str | None = None
    communication_plan: Slug | None = None


class Preferences(Model):
    """What a reader wishes to get: nothing less severe than ``severity_at_least``.

    ``channels`` ``None``: all that the plan names.
    """

    severity_at_least: Severity | None = None
    channels: tuple[Channel, ...] | None = None


class Contact(Model):
    """A stakeholder at a client: who, in which roles, in which language and timezone."""

    key: PersonKey
    name: str
    roles: tuple[str, ...]
    locale: str | None = None
    timezone: str | None = None
    preferences: Preferences = Preferences()


class Client(Model):
    """``called`` is its everyday name, for sentences and text messages (``None``: the name).

    ``confirmation_policy`` names the client's own escalation process, in place of its plan's.
    """

    key: Slug
    name: str
    called: str | None = None
    timezone: str
    locale: str = "en"
    tags: tuple[str, ...] = ()
    systems: tuple[SystemUse, ...] = ()
    account_team: Slug | None = None
    communication_plan: Slug | None = None
    confirmation_policy: Slug | None = None
    contacts: tuple[Contact, ...] = ()

    @property
    def short_name(self) -> str:
        return self.called or self.name


class Fallback(Model):
    """Told on ``channel`` too, if nothing was accepted within ``after_minutes`` or it bounced."""

    channel: Channel
    after_minutes: Minutes = Decimal(5)


class NotifyRule(Model):
    """Everyone who holds one of ``roles`` is told on each of ``channels``."""

    roles: tuple[str, ...]
    channels: tuple[Channel, ...]
    fallback: Fallback | None = None


class SeverityEntry(Model):
    """What a plan promises and whom it tells at one severity.

    ``by_kind`` replaces ``notify`` for the kinds it names; who was told before is told on.
    """

    notify: tuple[NotifyRule, ...]
    by_kind: dict[Kind, tuple[NotifyRule, ...]] = {}
    update_every_minutes: PositiveMinutes
    first_notice_within_minutes: PositiveMinutes
    closure_within_hours: PositiveMinutes | None = None
    answer_within_minutes: PositiveMinutes | None = None


class ServiceHours(Model):
    """Opening hours on the plan's own clock; a weekday that is absent is closed.

    ``days`` maps a weekday to ("08:00", "18:00"), local wall clock.
    """

    timezone: str
    days: dict[Weekday, tuple[str, str]]


class QuietHours(Model):
    """Local wall clock of the reader, "22:00" to "07:00"; sev3 and below wait for the end."""

    start: str
    end: str


class Approval(Model):
    """A message of one of ``kinds`` waits for a yes of whoever holds the role ``by``.

    The answer is due ``minutes_before`` the message is promised.
    """

    kinds: tuple[Kind, ...]
    by: StaffRole = StaffRole.ACCOUNT_MANAGER
    minutes_before: Minutes = Decimal(3)
    on_no_answer: OnNoAnswer = OnNoAnswer.SEND


class Cap(Model):
    """At most ``messages`` to one destination in ``per_minutes``, for sev3 and below.

    What is above it waits for the end of that time and goes as one digest.
    """

    messages: Annotated[int, Field(ge=1, le=1000)]
    per_minutes: PositiveMinutes


class Budget(Model):
    """How many text messages and calls one client may cause in an hour, for sev3 and below.

    What is above it waits, and a person is asked.
    """

    sms_per_hour: Annotated[int, Field(ge=1, le=100_000)] | None = None
    calls_per_hour: Annotated[int, Field(ge=1, le=100_000)] | None = None


class CommunicationPlan(Model):
    """How one client, or all without a plan of their own, is kept informed.

    ``maintenance`` says who hears of planned work (``None``: whoever hears of sev3).
    ``wording`` names a template for each kind whose words are the client's own.
    ``group_minutes``: a further incident's first notice of sev3 and below waits so long after
    another one's, to go with what else happens. ``drills`` says who hears of an exercise.
    ``caps`` are for one channel each, and go before ``cap``. ``escalation_policy`` brings in our
    own people, ``confirmation_policy`` the client's, one after another until somebody confirms.
    """

    key: Slug
    severities: dict[Severity, SeverityEntry]
    maintenance: tuple[NotifyRule, ...] | None = None
    service_hours: ServiceHours | None = None
    escalation_policy: Slug | None = None
    confirmation_policy: Slug | None = None
    quiet_hours: QuietHours | None = None
    approval: Approval | None = None
    cap: Cap | None = None
    caps: dict[Channel, Cap] = {}
    budget: Budget | None = None
    group_minutes: Minutes = Decimal(5)
    holding_next_word_minutes: PositiveMinutes = Decimal(20)
    feedback_after_hours: PositiveMinutes | None = Decimal(24)
    drills: Literal["clients", "staff"] = "staff"
    wording: dict[Kind, Slug] = {}


class TemplateVariant(Model):
    """Words that replace one block of a kind, or all of its text where ``block`` is ``None``.

    ``channel`` is ``email``, ``sms``, ``voice`` or ``chat`` (Slack and Teams). Jinja, sandboxed.
    """

    channel: Literal["email", "sms", "voice", "chat"]
    locale: str
    block: str | None = None
    subject: str | None = None
    text: str
    html: str | None = None


class Template(Model):
    key: Slug
    variants: tuple[TemplateVariant, ...]


class Addresses(Model):
    """Where one person can be reached. Read by the dispatcher alone.

    ``sealed`` holds secret destinations by channel, each a base64 SealedBox to the dispatcher's key
    (libsodium ``crypto_box_seal``).
    """

    email: str | None = None
    phone: str | None = None
    slack: str | None = None
    sealed: dict[Channel, str] = Field(default_factory=dict)
