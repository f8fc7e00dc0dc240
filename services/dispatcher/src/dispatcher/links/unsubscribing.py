"""The link by which a reader asks for critical and major outages only (RFC 8058).

Unlike other links it is in every mail, opens without a sign-in, and is good for as long as the
reader may keep the mail; so it can do nothing else. It is ours to verify, so one secret makes and
checks it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import jwt
from tocsin_contracts.words import Channel

ALGORITHM = "HS256"
AUDIENCE = "unsubscribe"


class NotOurs(ValueError):
    """The token was not made by us, or was cut on its way."""


@dataclass(frozen=True)
class Leaving:
    """Who asks, on which channel, in which language, and the mail in which they did."""

    client_key: str
    person: str
    channel: Channel
    delivery_id: str
    incident_id: str
    locale: str = "en"


@dataclass(frozen=True)
class Unsubscribing:
    """Links below ``base``, without a slash at its end; ``key`` is secret bytes."""

    base: str
    key: bytes

    def of_nobody(self) -> Unsubscribing:
        """One whose links look the same and do nothing."""
        return Unsubscribing(self.base, secrets.token_bytes(32))

    def link(self, leaving: Leaving) -> str:
        claims = {
            "aud": AUDIENCE,
            "sub": leaving.person,
            "client": leaving.client_key,
            "channel": leaving.channel.value,
            "jti": leaving.delivery_id,
            "inc": leaving.incident_id,
            "lang": leaving.locale,
        }
        return f"{self.base}/unsubscribe/{jwt.encode(claims, self.key, algorithm=ALGORITHM)}"

    def read(self, token: str) -> Leaving:
        """Raises :class:`NotOurs`."""
        try:
            claims = jwt.decode(token, self.key, algorithms=[ALGORITHM], audience=AUDIENCE)
            return Leaving(
                client_key=claims["client"],
                person=claims["sub"],
                channel=Channel(claims["channel"]),
                delivery_id=claims["jti"],
                incident_id=claims["inc"],
                locale=str(claims.get("lang", "en")),
            )
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise NotOurs from error
