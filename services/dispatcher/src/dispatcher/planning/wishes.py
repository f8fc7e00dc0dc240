"""Who should be told on which channel, before anybody asks for an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tocsin_contracts.directory import Client, Contact, NotifyRule, SeverityEntry
from tocsin_contracts.words import Channel, Kind, Severity

from dispatcher.planning.model import Told
from dispatcher.planning.words import and_list


@dataclass
class Wish:
    """Somebody who should be told on one channel, the roles that say so, and the places of the
    plan's rules that do.

    A fallback has ``instead_of``, the channels whose acceptance makes it needless, and how long
    those are given.
    """

    contact: Contact
    channel: Channel
    roles: list[str] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    instead_of: list[Channel] = field(default_factory=list)
    after_minutes: Decimal = Decimal(0)

    @property
    def place(self) -> tuple[str, Channel]:
        return self.contact.key, self.channel

    def add(self, roles: Iterable[str], rule: int | None = None) -> None:
        self.roles.extend(role for role in roles if role not in self.roles)
        if rule is not None and rule not in self.rules:
            self.rules.append(rule)

    def serve(self, fallback: Wish) -> None:
        """Told here anyway, which serves what ``fallback`` would have."""
        for rule in fallback.rules:
            self.add(fallback.roles, rule)

    def stand_in(self, channels: Iterable[Channel], after_minutes: Decimal) -> None:
        self.after_minutes = (
            min(self.after_minutes, after_minutes) if self.instead_of else after_minutes
        )
        self.instead_of.extend(one for one in channels if one not in self.instead_of)


@dataclass(frozen=True)
class Vacancy:
    """A role that nobody holds, and the rule that names it."""

    role: str
    channel: Channel
    rule: int


@dataclass
class Wishes:
    """By person and channel; ``fallbacks`` only where that person is not told there anyway."""

    told: dict[tuple[str, Channel], Wish] = field(default_factory=dict)
    fallbacks: dict[tuple[str, Channel], Wish] = field(default_factory=dict)
    vacant: list[Vacancy] = field(default_factory=list)
    gone: list[Told] = field(default_factory=list)
    """Those told before who left and have no successor."""


def notify_rules(entry: SeverityEntry, kind: Kind) -> tuple[NotifyRule, ...]:
    """The entry's rules for a message of ``kind``."""
    return entry.by_kind.get(kind, entry.notify)


def wishes_of(client: Client, rules: Sequence[NotifyRule], told: Sequence[Told]) -> Wishes:
    """Everyone whom the plan's ``rules`` name, and everyone who was told before."""
    wishes = Wishes()
    for number, rule in enumerate(rules):
        for role in rule.roles:
            _named(wishes, client, number, rule, role)
    for earlier in told:
        if not earlier.by_call:
            _told_on(wishes, client, earlier)
    # Whoever hears anyway was called on another channel to confirm, and is not told on it as well.
    hear = {person for person, _ in wishes.told}
    for earlier in told:
        if earlier.by_call and earlier.person not in hear:
            _told_on(wishes, client, earlier)
    for place in wishes.fallbacks.keys() & wishes.told.keys():
        wishes.told[place].serve(wishes.fallbacks.pop(place))
    return wishes


def _named(wishes: Wishes, client: Client, number: int, rule: NotifyRule, role: str) -> None:
    holders = _holders(client, role)
    if not holders:
        wishes.vacant.extend(Vacancy(role, channel, number) for channel in rule.channels)
    for contact in holders:
        for channel in rule.channels:
            _wish(wishes.told, contact, channel).add([role], number)
        if rule.fallback is not None:
            fallback = _wish(wishes.fallbacks, contact, rule.fallback.channel)
            fallback.add([role], number)
            fallback.stand_in(rule.channels, rule.fallback.after_minutes)


def _told_on(wishes: Wishes, client: Client, earlier: Told) -> None:
    """Told once, told to the end, unless they are no longer there; then whoever holds their role
    now takes their place. Who was reached by a fallback that still stands is reached by it again.
    """
    contact = next((one for one in client.contacts if one.key == earlier.person), None)
    if contact is not None:
        stands = earlier.by_fallback and (contact.key, earlier.channel) in wishes.fallbacks
        where = wishes.fallbacks if stands else wishes.told
        _wish(where, contact, earlier.channel).add(earlier.roles)
        return
    heirs = [(role, heir) for role in earlier.roles for heir in _holders(client, role)]
    for role, heir in heirs:
        _wish(wishes.told, heir, earlier.channel).add([role])
    if not heirs:
        wishes.gone.append(earlier)


def _wish(wishes: dict[tuple[str, Channel], Wish], contact: Contact, channel: Channel) -> Wish:
    return wishes.setdefault((contact.key, channel), Wish(contact, channel))


def _holders(client: Client, role: str) -> list[Contact]:
    return [contact for contact in client.contacts if role in contact.roles]


def against(wish: Wish, severity: Severity, told: Iterable[Told]) -> str | None:
    """What the reader's own preferences have against it, or ``None``.

    Who was told of an outage is told to its end, however little of it is left.
    """
    preferences, name = wish.contact.preferences, wish.contact.name
    if preferences.channels is not None and wish.channel not in preferences.channels:
        wanted = [channel.value for channel in preferences.channels]
        return f"{name} wishes to be told by {and_list(wanted) or 'nothing'} only"
    least = preferences.severity_at_least
    if least is None or severity.at_least(least):
        return None
    if any(earlier.person == wish.contact.key for earlier in told):
        return None
    return f"{name} wishes {and_list([one.words for one in Severity if one.at_least(least)])} only"
