"""Identifiers: UUIDv7 (RFC 9562), which sort by the moment they were made."""

from __future__ import annotations

import uuid_utils


def uuid7() -> str:
    return str(uuid_utils.uuid7())
