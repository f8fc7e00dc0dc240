"""Slack's people and the conversations with them: users.lookupByEmail, conversations.open.

Sources: docs.slack.dev, users.lookupByEmail (``users_not_found``), conversations.open (``channel``
with its id, ``already_open``), users.info. Everybody is a member but ``nobody@…``; ids are made of
the email address, so that they are the same after a restart.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

_USER = re.compile(r"[UW][A-Z0-9]+")


class People:
    """``names`` leads from a conversation to what else its reader is called: user id, address."""

    def __init__(self) -> None:
        self._emails: dict[str, str] = {}
        self._opened: dict[str, str] = {}

    def by_email(self, email: str) -> dict[str, Any] | None:
        address = email.strip().casefold()
        if "@" not in address or address.startswith("nobody@"):
            return None
        user = _id("U", address)
        self._emails[user] = address
        return self.user(user)

    def user(self, user: str) -> dict[str, Any]:
        email = self._emails.get(user)
        name = email.partition("@")[0] if email else user.lower()
        profile = {"email": email} if email else {}
        return {"id": user, "name": name, "is_bot": False, "profile": profile}

    def conversation(self, users: str) -> tuple[str, bool] | None:
        """Its id, and whether it was open before; ``None``: there is no such person."""
        if not _USER.fullmatch(users):
            return None
        channel = _id("D", users)
        before = channel in self._opened
        self._opened[channel] = users
        return channel, before

    def reader(self, channel: str) -> str | None:
        """Whose direct messages ``channel`` is."""
        return self._opened.get(channel)

    def names(self, channel: str) -> tuple[str, ...]:
        user = self.reader(channel)
        email = self._emails.get(user or "")
        return tuple(name for name in (user, email) if name)


def _id(kind: str, of: str) -> str:
    return f"{kind}0{hashlib.sha256(of.encode()).hexdigest()[:9].upper()}"
