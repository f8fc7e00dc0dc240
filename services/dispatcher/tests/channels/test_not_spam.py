"""What SpamAssassin says of our mail. Optional: not every machine has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from dispatcher.channels import mime
from dispatcher.channels.message import Thread
from dispatcher.channels.port import Destination
from dispatcher.rendering.render import Renderer
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.story import EVERY_KIND, reader_of

SPAMASSASSIN = shutil.which("spamassassin")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(SPAMASSASSIN is None, reason="SpamAssassin is not installed"),
]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MESSAGE_ID = "<01936f2a-7c1e-7a2b-8c3d-4e5f60718293@nordlicht.example>"
MOST = 2.0
"""Points; a mail is called spam at 5, and what a test cannot know (SPF, fame) needs room."""


def _points(raw: bytes) -> float:
    command = [str(SPAMASSASSIN), "--local", "--test-mode"]
    done = subprocess.run(
        command, input=raw.replace(b"\r\n", b"\n"), capture_output=True, timeout=110, check=True
    )
    found = re.search(r"Content analysis details:\s+\((-?[\d.]+) points", done.stdout.decode())
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("kind", [Kind.INITIAL, Kind.RESOLVED])
def test_an_outage_is_not_taken_for_spam(kind: Kind) -> None:
    notice = EVERY_KIND[kind]()
    rendered = Renderer().render(notice, reader_of(notice), Channel.EMAIL, Thread(MESSAGE_ID))
    message = replace(rendered, unsubscribe_url="https://tocsin.nordlicht.example/unsubscribe/abc")
    jo = Destination(Channel.EMAIL, "jo@acme.example", name="Jo Frei")

    raw = mime.mail(message, jo, sender="status@nordlicht.example", now=NOW).as_bytes()

    assert _points(raw) < MOST


def test_what_is_spam_is_called_so() -> None:
    """GTUBE: the line that every filter must object to."""
    line = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

    assert _points(f"From: a@b.example\nSubject: x\n\n{line}\n".encode()) > 100
