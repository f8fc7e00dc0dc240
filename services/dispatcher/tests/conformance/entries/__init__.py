"""Every channel there is, for the conformance suite. A new one: its file here, its line below."""

from docs.example_channel import entry as ntfy
from services.dispatcher.tests.conformance.entries import (
    apprise,
    email,
    slack,
    sms,
    teams,
    voice,
    webhook,
)

ENTRIES = (
    email.ENTRY,
    sms.ENTRY,
    voice.ENTRY,
    slack.ENTRY,
    teams.ENTRY,
    webhook.ENTRY,
    apprise.ENTRY,
)
EXAMPLE = ntfy.ENTRY
"""The channel that docs/channels.md adds; the suite runs over it like over any other."""
