"""Every channel there is, for the conformance suite. A new one: its file here, its line below."""

from services.dispatcher.tests.conformance.entries import email, slack, webhook

ENTRIES = (email.ENTRY, slack.ENTRY, webhook.ENTRY)
