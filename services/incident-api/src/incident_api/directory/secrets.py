"""Secret destinations: sealed to the dispatcher, compared by keyed hash, shown masked.

What comes in as a secret leaves as a mask; a mask that comes back means "keep what you have".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tocsin_contracts.words import Channel

from incident_api.directory.document import Entries
from incident_api.directory.entries import Destinations, Entry, Webhook
from incident_api.directory.fields import MASK
from incident_api.directory.people import Person, PersonId, people_in, with_people
from incident_api.web.field_error import FieldError

Seal = Callable[[str], str]
"""Plain text → base64 of a SealedBox."""
Written = Webhook | str

SECRET_CHANNELS = (Channel.WEBHOOK, Channel.TEAMS, Channel.APPRISE)

NOTHING_BEHIND_MASK = (
    "This is a mask, and no secret is kept that it could stand for; give the secret itself."
)


@dataclass(frozen=True)
class SecretPlace:
    person: PersonId
    channel: Channel


@dataclass(frozen=True)
class Secret:
    """``digest`` is a keyed hash: it tells whether a secret written again is the same one."""

    sealed: str
    digest: bytes


Secrets = Mapping[SecretPlace, Secret]


@dataclass(frozen=True)
class Kept:
    """The secrets so far: sealed, and as they are shown."""

    secrets: Secrets
    shown: Mapping[SecretPlace, Written]


@dataclass(frozen=True)
class Sealer:
    """``digest_key`` is any secret bytes that stay the same as long as the secrets do."""

    seal: Seal
    digest_key: bytes

    def digest(self, plain: str) -> bytes:
        return hmac.digest(self.digest_key, plain.encode(), hashlib.sha256)


def kept(entries: Entries, secrets: Secrets) -> Kept:
    shown = {place: value for entry in entries.values() for _, place, value in _secrets_in(entry)}
    return Kept(secrets, shown)


def settle(
    entry: Entry, so_far: Kept, sealer: Sealer
) -> tuple[Entry, dict[SecretPlace, Secret], list[FieldError]]:
    """``entry`` with its secrets masked, those secrets sealed, and masks that stand for nothing."""
    masked: dict[str, dict[str, Written]] = {}
    sealed: dict[SecretPlace, Secret] = {}
    wrong: list[FieldError] = []
    people = {person.pointer: person.details for person in people_in(entry)}
    for person, place, given in _secrets_in(entry):
        if not _is_kept(given, place, so_far) and MASK in _plain(given):
            wrong.append(FieldError(f"{person.pointer}/{place.channel}", NOTHING_BEHIND_MASK))
            continue
        sealed[place] = _sealed(given, place, so_far, sealer)
        masked.setdefault(person.pointer, {})[place.channel.value] = _mask(place.channel, given)
    replaced = {p: people[p].model_copy(update=values) for p, values in masked.items()}
    return (with_people(entry, replaced) if replaced else entry), sealed, wrong


def _secrets_in(entry: Entry) -> Iterator[tuple[Person, SecretPlace, Written]]:
    for person in people_in(entry):
        for channel in SECRET_CHANNELS:
            value = _value(person.details, channel)
            if value is not None:
                yield person, SecretPlace(person.id, channel), value


def _value(details: Destinations, channel: Channel) -> Written | None:
    found: Written | None = getattr(details, channel.value)
    return found


def _is_kept(given: Written, place: SecretPlace, so_far: Kept) -> bool:
    return place in so_far.secrets and so_far.shown.get(place) == given


def _sealed(given: Written, place: SecretPlace, so_far: Kept, sealer: Sealer) -> Secret:
    """The secret kept already, where it is the same one: sealing again would look like a change."""
    before = so_far.secrets.get(place)
    if before is not None and _is_kept(given, place, so_far):
        return before
    plain = _plain(given)
    digest = sealer.digest(plain)
    if before is not None and hmac.compare_digest(before.digest, digest):
        return before
    return Secret(sealer.seal(plain), digest)


def _plain(given: Written) -> str:
    """What the dispatcher opens: the address, or for a webhook ``{"url", "secret"}``, with
    ``"previous_secret"`` while it is replaced."""
    if not isinstance(given, Webhook):
        return given
    previous = {"previous_secret": given.previous_secret} if given.previous_secret else {}
    return json.dumps({"url": given.url, "secret": given.secret, **previous})


def _mask(channel: Channel, given: Written) -> Written:
    if isinstance(given, Webhook):
        masked = {n: MASK for n in ("secret", "previous_secret") if getattr(given, n) is not None}
        return given.model_copy(update=masked)
    parts = urlsplit(given)
    host = f"{parts.hostname}/" if channel is Channel.TEAMS else ""
    return f"{parts.scheme}://{host}{MASK}"
