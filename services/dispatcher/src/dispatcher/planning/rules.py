"""Where each message goes: one destination each, with everybody who reads there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin_contracts.directory import Client, NotifyRule
from tocsin_contracts.words import Channel, Severity

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import View
from dispatcher.planning.model import Target, Told
from dispatcher.planning.wishes import Vacancy, Wish, against, wishes_of
from dispatcher.planning.words import and_list, role_words
from dispatcher.rendering.notice import Reader

Place = tuple[Channel, str]


@dataclass(frozen=True)
class Asking:
    """Whose message it is. ``told`` are those with an earlier message of the same outage;
    ``channels`` those that are set up here."""

    view: View
    client: Client
    severity: Severity
    because: str
    told: Sequence[Told]
    channels: Collection[Channel]


def client_targets(
    view: View,
    client: Client,
    rules: Sequence[NotifyRule],
    *,
    severity: Severity,
    told: Sequence[Told],
    channels: Collection[Channel],
    because: str,
) -> list[Target]:
    """The destinations of one client's message, ``because`` listing every role; fallbacks last.
    What stands in for nobody who can be told is no fallback: it is told as any other.

    ``rules`` are the plan's for this message. ``told`` are those with an earlier message of this
    outage: told once, told to the end, unless they are no longer there; then whoever holds their
    role now takes their place.
    """
    asking = Asking(view, client, severity, because, told, channels)
    wishes = wishes_of(client, rules, told)
    targets, places = _together(asking, wishes.told.values())
    going = {target.place for target in targets if target.skip is None}
    hopeless = [
        wish
        for wish in wishes.fallbacks.values()
        if not any(places[wish.contact.key, channel] in going for channel in wish.instead_of)
    ]
    for wish in hopeless:
        wishes.told[wish.place] = wishes.fallbacks.pop(wish.place)
    if hopeless:
        targets, places = _together(asking, wishes.told.values())
        going = {target.place for target in targets if target.skip is None}
    return [
        *targets,
        *_nobody(asking, wishes.vacant),
        *(_gone(client, earlier) for earlier in wishes.gone),
        *_fallbacks(asking, wishes.fallbacks.values(), places, going),
    ]


def targets_of(asking: Asking, wishes: Iterable[Wish]) -> list[Target]:
    """The destinations of ``wishes`` alone."""
    return _together(asking, wishes)[0]


def _together(
    asking: Asking, wishes: Iterable[Wish]
) -> tuple[list[Target], dict[tuple[str, Channel], Place]]:
    """One target a destination, and one for each who cannot be reached; by wish, which is whose."""
    reached: dict[Place, list[Wish]] = {}
    unreachable = []
    for wish in wishes:
        skip, label = _address(asking, wish)
        if skip is None:
            reached.setdefault((wish.channel, label), []).append(wish)
        else:
            unreachable.append((wish, _target(asking, [wish], label, skip)))
    together = [
        (sharing, _target(asking, sharing, label, None)) for (_, label), sharing in reached.items()
    ]
    places = {wish.place: target.place for sharing, target in together for wish in sharing}
    places |= {wish.place: target.place for wish, target in unreachable}
    targets = [target for _, target in together] + [target for _, target in unreachable]
    return targets, places


def _fallbacks(
    asking: Asking,
    wishes: Iterable[Wish],
    places: Mapping[tuple[str, Channel], Place],
    taken: Collection[Place],
) -> list[Target]:
    """Those of ``wishes`` whose destination does not get it anyway (``taken``)."""
    reached: dict[Place, list[Wish]] = {}
    targets = []
    for wish in wishes:
        skip, label = _address(asking, wish)
        if skip is not None:
            targets.append(_standing_in(asking, [wish], label, skip, places))
        elif (wish.channel, label) not in taken:
            reached.setdefault((wish.channel, label), []).append(wish)
    together = [
        _standing_in(asking, sharing, label, None, places)
        for (_, label), sharing in reached.items()
    ]
    return [*together, *targets]


def _standing_in(
    asking: Asking,
    sharing: Sequence[Wish],
    label: str,
    skip: str | None,
    places: Mapping[tuple[str, Channel], Place],
) -> Target:
    instead_of = [
        places[wish.contact.key, channel] for wish in sharing for channel in wish.instead_of
    ]
    target = _target(asking, sharing, label, skip)
    return replace(
        target,
        instead_of=tuple(dict.fromkeys(instead_of)),
        after_minutes=min(wish.after_minutes for wish in sharing),
    )


def _address(asking: Asking, wish: Wish) -> tuple[str | None, str]:
    """Why there is no destination (``None``: there is), and its label."""
    if wish.channel not in asking.channels:
        return f"the channel {wish.channel.value} is not set up", ""
    if why := against(wish, asking.severity, asking.told):
        return why, ""
    person = asking.view.person(asking.client.key, wish.contact.key)
    label = person.labels.get(wish.channel) if person else None
    if label is None:
        return f"{wish.contact.name} has no {wish.channel.value} address", ""
    if label == UNREADABLE:
        return f"the {wish.channel.value} address of {wish.contact.name} cannot be opened", ""
    return None, label


def _target(asking: Asking, sharing: Sequence[Wish], label: str, skip: str | None) -> Target:
    client, first = asking.client, sharing[0].contact
    roles = tuple(dict.fromkeys(role for wish in sharing for role in wish.roles))
    alone = len(sharing) == 1
    return Target(
        person=first.key,
        person_name=and_list([wish.contact.name for wish in sharing]),
        roles=roles,
        channel=sharing[0].channel,
        destination=label,
        because=f"{role_words(roles)} of {client.name}: {asking.because}",
        skip=skip,
        rules=tuple(sorted({rule for wish in sharing for rule in wish.rules})),
        reader=Reader(
            person=first.key,
            name=first.name if alone else None,
            roles=roles,
            why=None if alone else _shared(client, sharing),
            locale=first.locale,
            timezone=first.timezone,
            status_link=asking.view.provider.portal_url,
        ),
    )


def _shared(client: Client, sharing: Sequence[Wish]) -> str:
    people = [f"{wish.contact.name} ({role_words(tuple(wish.roles))})" for wish in sharing]
    return f"This address gets it for {and_list(people)} of {client.name}."


def _nobody(asking: Asking, vacant: Sequence[Vacancy]) -> list[Target]:
    """A role that nobody holds is a person not told: it shows, as a row that was skipped."""
    rules: dict[tuple[str, Channel], list[int]] = {}
    for one in vacant:
        rules.setdefault((one.role, one.channel), []).append(one.rule)
    return [
        Target(
            person=role,
            person_name="nobody",
            roles=(role,),
            channel=channel,
            destination="",
            because=f"{role_words((role,))} of {asking.client.name}: {asking.because}",
            reader=Reader(person=role),
            skip=f"nobody at {asking.client.name} holds the role {role}",
            rules=tuple(dict.fromkeys(named_by)),
        )
        for (role, channel), named_by in rules.items()
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
