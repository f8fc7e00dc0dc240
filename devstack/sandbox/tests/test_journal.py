"""The journal counts what was taken, across restarts and crashes."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import aiosmtplib

from devstack.sandbox import Sandbox
from devstack.sandbox.journal import read
from devstack.sandbox.server import Settings


async def send(sandbox: Sandbox, to: str, message_id: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "a@x.example", to
    message["Subject"] = "Mail EU: disruption [INC-2041]"
    message["Message-ID"] = message_id
    message.set_content("text that names INC-7 too")
    await aiosmtplib.send(message, hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False)


async def test_a_restart_appends_and_forgetting_leaves_the_file(tmp_path: Path) -> None:
    settings = Settings(journal=tmp_path / "deep" / "journal.jsonl")
    for number in (1, 2):
        async with Sandbox(settings) as sandbox:
            await send(sandbox, f"p{number}@acme.example", f"<{number}@t>")
            sandbox.clear()
    lines = read(settings.journal) if settings.journal else []
    assert [(line["to"], line["key"]) for line in lines] == [
        (["p1@acme.example"], "<1@t>"),
        (["p2@acme.example"], "<2@t>"),
    ]
    assert {line["incident"] for line in lines} == {"INC-2041"}
    assert {line["channel"] for line in lines} == {"email"}


async def test_chat_posts_and_edits_are_told_apart(tmp_path: Path) -> None:
    settings = replace(Settings(), journal=tmp_path / "journal.jsonl")
    headers = {"Authorization": f"Bearer {settings.slack_token}"}
    payload = {"event_type": "t", "event_payload": {"delivery_id": "d-1"}}
    post = {"channel": "C0ACME", "text": "NEW [INC-5]", "metadata": payload}
    async with Sandbox(settings) as sandbox, aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{sandbox.slack_url}chat.postMessage", json=post) as answer:
            ts = (await answer.json())["ts"]
        edit = {"channel": "C0ACME", "ts": ts, "text": "UPDATE"}
        async with session.post(f"{sandbox.slack_url}chat.update", json=edit):
            pass
    lines = read(tmp_path / "journal.jsonl")
    assert [(line["what"], line["key"]) for line in lines] == [("message", "d-1"), ("edit", None)]
    assert lines[0]["incident"] == "INC-5"


def test_a_line_cut_by_a_crash_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"id": "1"}\n{"id": "2"')
    assert read(path) == [{"id": "1"}]
    assert read(tmp_path / "none") == []
