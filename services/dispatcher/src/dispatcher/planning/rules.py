"""Who is told: the plan's people, and everyone who was told before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tocsin_contracts.directory import Client, Contact, SeverityEntry
from tocsin_contracts.words import Channel

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import View
from dispatcher.planning.model import Target, Told
from dispatcher.planning.words import and_list, role_words
from dispatcher.rendering.notice import Reader


@dataclass
class Wish:
    """Somebody who should be told on one channel, and the roles that say so."""

    contact: Contact
    channel: Channel
    roles: list[str] = field(default_factory=list)

    def add(self, roles: Iterable[str]) -> None:
        self.roles.extend(role for role in roles if role not in self.roles)


def client_targets(
    view: View,
    client: Client,
    entry: SeverityEntry,
    *,
    told: Sequence[Told],
    channels: Collection[Channel],
    because: str,
) -> list[Target]:
    """The destinations of one client's message, one each, ``because`` listing every role.

    ``told`` are those with an earlier message of this incident: told once, told to the end, unless
    they are no longer there; then whoever holds their role now takes their place.
    """
    wishes, missing = _wished(client, entry)
    gone = _told_before(client, told, wishes)
    reached: dict[tuple[Channel, str], list[Wish]] = {}
    unreachable = []
    for wish in wishes.values():
        skip, label = _address(view, client.key, wish, channels)
        if skip is None:
            reached.setdefault((wish.channel, label), []).append(wish)
        else:
            unreachable.append(_target(view, client, [wish], label, because, skip))
    together = [
        _target(view, client, sharing, label, because, None)
        for (_, label), sharing in reached.items()
    ]
    return [*together, *unreachable, *_nobody(client, missing, because), *gone]


def _wished(
    client: Client, entry: SeverityEntry
) -> tuple[dict[tuple[str, Channel], Wish], list[tuple[str, Channel]]]:
    """Each (person, channel) of the plan's rules, and the roles that nobody holds."""
    wishes: dict[tuple[str, Channel], Wish] = {}
    missing = []
    for rule in entry.notify:
        for channel in rule.channels:
            for role in rule.roles:
                holders = _holders(client, role)
                if not holders:
                    missing.append((role, channel))
                for contact in holders:
                    _wish(wishes, contact, channel, [role])
    return wishes, missing


def _told_before(
    client: Client, told: Sequence[Told], wishes: dict[tuple[str, Channel], Wish]
) -> list[Target]:
    """Add those told before; answer a skipped target for each who left and has no successor."""
    contacts = {contact.key: contact for contact in client.contacts}
    gone = []
    for earlier in told:
        contact = contacts.get(earlier.person)
        if contact is not None:
            _wish(wishes, contact, earlier.channel, earlier.roles)
            continue
        heirs = [(role, heir) for role in earlier.roles for heir in _holders(client, role)]
        for role, heir in heirs:
            _wish(wishes, heir, earlier.channel, [role])
        if not heirs:
            gone.append(_gone(client, earlier))
    return gone


def _wish(
    wishes: dict[tuple[str, Channel], Wish],
    contact: Contact,
    channel: Channel,
    roles: Iterable[str],
) -> None:
    wishes.setdefault((contact.key, channel), Wish(contact, channel)).add(roles)


def _holders(client: Client, role: str) -> list[Contact]:
    return [contact for contact in client.contacts if role in contact.roles]


def _address(
    view: View, client_key: str, wish: Wish, channels: Collection[Channel]
) -> tuple[str | None, str]:
    """Why there is no destination (``None``: there is), and its label."""
    if wish.channel not in channels:
        return f"the channel {wish.channel.value} is not set up", ""
    person = view.person(client_key, wish.contact.key)
    label = person.labels.get(wish.channel) if person else None
    if label is None:
        return f"{wish.contact.name} has no {wish.channel.value} address", ""
    if label == UNREADABLE:
        return f"the {wish.channel.value} address of {wish.contact.name} cannot be opened", ""
    return None, label


def _target(
    view: View,
    client: Client,
    sharing: Sequence[Wish],
    label: str,
    because: str,
    skip: str | None,
) -> Target:
    first = sharing[0].contact
    names = and_list([wish.contact.name for wish in sharing])
    roles = tuple(dict.fromkeys(role for wish in sharing for role in wish.roles))
    alone = len(sharing) == 1
    return Target(
        person=first.key,
        person_name=names,
        roles=roles,
        channel=sharing[0].channel,
        destination=label,
        because=f"{role_words(roles)} of {client.name}: {because}",
        skip=skip,
        reader=Reader(
            person=first.key,
            name=first.name if alone else None,
            roles=roles,
            why=None if alone else _shared(client, sharing),
            locale=first.locale,
            timezone=first.timezone,
            status_link=view.provider.portal_url,
        ),
    )


def _shared(client: Client, sharing: Sequence[Wish]) -> str:
    people = [f"{wish.contact.name} ({role_words(tuple(wish.roles))})" for wish in sharing]
    return f"This address gets it for {and_list(people)} of {client.name}."


def _nobody(client: Client, missing: list[tuple[str, Channel]], because: str) -> list[Target]:
    """A role that nobody holds is a person not told: it shows, as a row that was skipped."""
    return [
        Target(
            person=role,
            person_name="nobody",
            roles=(role,),
            channel=channel,
            destination="",
            because=f"{role_words((role,))} of {client.name}: {because}",
            reader=Reader(person=role),
            skip=f"nobody at {client.name} holds the role {role}",
        )
        for role, channel in dict.fromkeys(missing)
    ]


def _gone(client: Client, earlier: Told) -> Target:
    return Target(
        person=earlier.person,
        person_name=earlier.person_name,
        roles=earlier.roles,
        channel=earlier.channel,
        destination="",
        because=f"was told before, as {role_words(earlier.roles)} of {client.name}",
        reader=Reader(person=earlier.person),
        skip=f"no longer a contact of {client.name}, and nobody holds that role now",
    )
