"""Who would hear nothing, and why: looked for before an outage instead of in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tocsin_contracts.directory import CommunicationPlan, NotifyRule
from tocsin_contracts.words import Channel, Severity, StaffRole

from incident_api.audience.plans import plan_entry
from incident_api.directory import defaults
from incident_api.directory.document import TEAM, Entries
from incident_api.directory.entries import ClientEntry, ContactEntry, TeamEntry
from incident_api.directory.view import DirectoryView

ADDRESS = {
    Channel.EMAIL: "email",
    Channel.SMS: "phone",
    Channel.VOICE: "phone",
    Channel.SLACK: "slack",
    Channel.TEAMS: "teams",
    Channel.WEBHOOK: "webhook",
    Channel.APPRISE: "apprise",
}
"""By channel the field of a contact that holds its address."""


@dataclass(frozen=True)
class Gap:
    """One reason: ``problem`` is a slug, ``detail`` a sentence with the way out."""

    problem: str
    detail: str
    role: str | None = None
    channel: Channel | None = None
    contact: str | None = None


Refused = Mapping[tuple[str, str, str], str]
"""By client, person and channel: why that destination is not written to at present."""


@dataclass(frozen=True)
class Readiness:
    """One client at one severity under one plan; ``reached`` counts its people who would hear."""

    client_key: str
    severity: Severity
    plan_key: str
    reached: int
    gaps: tuple[Gap, ...]

    @property
    def silent(self) -> bool:
        return self.reached == 0


def readiness_of(
    client: ClientEntry,
    entries: Entries,
    view: DirectoryView,
    severities: Sequence[Severity],
    refused: Refused = MappingProxyType({}),
) -> Iterator[Readiness]:
    """Under its own plan, and under each plan that a system of it names."""
    for plan in _plans(client, view):
        for severity in severities:
            yield _readiness(client, plan, severity, entries, view, refused)


def _plans(client: ClientEntry, view: DirectoryView) -> list[CommunicationPlan]:
    keys = [client.communication_plan, *(use.communication_plan for use in client.systems)]
    named = dict.fromkeys(key for key in keys if key is not None) or {defaults.DEFAULT_KEY: None}
    return [view.plans[key] for key in named if key in view.plans]


def _readiness(
    client: ClientEntry,
    plan: CommunicationPlan,
    severity: Severity,
    entries: Entries,
    view: DirectoryView,
    refused: Refused,
) -> Readiness:
    holder, at = plan_entry(view, plan, severity)
    rules = holder.severities[at].notify
    told, gaps = _told(client, rules, severity, refused)
    found = [*gaps, *_default_stands_in(plan, holder, severity), *_team(client, entries)]
    if not rules:
        why = f"The plan '{holder.key}' tells nobody of {severity}; name roles in its 'notify'."
        found.insert(0, Gap("nobody_named", why))
    return Readiness(client.key, severity, plan.key, len(told), tuple(dict.fromkeys(found)))


def _told(
    client: ClientEntry, rules: Sequence[NotifyRule], severity: Severity, refused: Refused
) -> tuple[set[str], list[Gap]]:
    told: set[str] = set()
    gaps: list[Gap] = []
    for rule in rules:
        for role in rule.roles:
            holders = [contact for contact in client.contacts if role in contact.roles]
            if not holders:
                gaps.append(_nobody_holds(client, role))
            for contact in holders:
                missing = [
                    *_unreached(contact, rule, severity),
                    *_suppressed(client, contact, rule, refused),
                ]
                if len(missing) < len(rule.channels):
                    told.add(contact.key)
                gaps += missing
    return told, gaps


def _nobody_holds(client: ClientEntry, role: str) -> Gap:
    why = f"Nobody at {client.name} holds the role '{role}'; give it to a contact."
    return Gap("no_contact", why, role=role)


def _unreached(contact: ContactEntry, rule: NotifyRule, severity: Severity) -> Iterator[Gap]:
    """Each channel of ``rule`` on which ``contact`` would not hear."""
    wishes = contact.preferences
    for channel in rule.channels:
        if getattr(contact, ADDRESS[channel]) is None:
            field = ADDRESS[channel]
            why = f"{contact.name} has no {field} for the channel {channel.value}; add one."
            yield Gap("no_address", why, channel=channel, contact=contact.key)
        elif (
            wishes and wishes.severity_at_least and not severity.at_least(wishes.severity_at_least)
        ):
            why = f"{contact.name} wishes to hear of {wishes.severity_at_least} and worse only."
            yield Gap("unwanted", why, channel=channel, contact=contact.key)
        elif wishes and wishes.channels is not None and channel not in wishes.channels:
            why = f"{contact.name} does not wish to hear on {channel.value}."
            yield Gap("unwanted", why, channel=channel, contact=contact.key)


def _suppressed(
    client: ClientEntry, contact: ContactEntry, rule: NotifyRule, refused: Refused
) -> Iterator[Gap]:
    for channel in rule.channels:
        why = refused.get((client.key, contact.key, channel.value))
        if why is not None and getattr(contact, ADDRESS[channel]) is not None:
            detail = (
                f"Nothing is sent to {contact.name} by {channel.value}: {why}. Give another"
                " address, or lift it with DELETE /v1/suppressions/{id}."
            )
            yield Gap("suppressed", detail, channel=channel, contact=contact.key)


def _default_stands_in(
    plan: CommunicationPlan, holder: CommunicationPlan, severity: Severity
) -> Iterator[Gap]:
    if plan.key != holder.key:
        why = f"The plan '{plan.key}' does not name {severity}; '{holder.key}' stands in for it."
        yield Gap("default_stands_in", why)


def _team(client: ClientEntry, entries: Entries) -> Iterator[Gap]:
    """Whoever an escalation calls must be there, and be reached by telephone."""
    team = entries.get((TEAM.name, client.account_team or ""))
    if not isinstance(team, TeamEntry):
        why = f"{client.name} has no account team, so nobody is called for it; name one."
        yield Gap("no_team", why)
        return
    members = team.members()
    if StaffRole.ACCOUNT_MANAGER not in members:
        why = f"The account team '{team.key}' has no account manager; name one."
        yield Gap("no_account_manager", why)
    for role, member in members.items():
        if member.phone is None:
            why = f"{member.name} ({role.value.replace('_', ' ')}) has no phone; add one."
            yield Gap("team_without_phone", why, role=role.value)
    for member in team.others:
        if member.phone is None:
            why = f"{member.name} (of '{team.key}') has no phone; add one."
            yield Gap("team_without_phone", why)


def nobody_told_of_the_worst(entries: Entries, view: DirectoryView) -> list[str]:
    """Sentences for whoever applies a directory: clients that would hear nothing of sev1."""
    silent = [
        f"'{one.client_key}' under the plan '{one.plan_key}'"
        for entry in entries.values()
        if isinstance(entry, ClientEntry)
        for one in readiness_of(entry, entries, view, [Severity.SEV1])
        if one.silent
    ]
    if not silent:
        return []
    more = f" and {len(silent) - 5} more" if len(silent) > 5 else ""
    return [
        f"Nobody would hear of a critical outage at {', '.join(silent[:5])}{more};"
        " GET /v1/readiness says why."
    ]
