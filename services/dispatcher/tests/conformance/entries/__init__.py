"""Every channel there is, for the conformance suite. A new one: its file here, its line below."""

from services.dispatcher.tests.conformance.entries import apprise, email, slack, teams, webhook

ENTRIES = (email.ENTRY, slack.ENTRY, teams.ENTRY, webhook.ENTRY, apprise.ENTRY)
