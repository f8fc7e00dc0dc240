"""Every channel there is, for the conformance suite. A new one: its file here, its line below."""

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
