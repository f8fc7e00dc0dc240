"""What Slack refuses in a message.

Sources: docs.slack.dev, chat.postMessage (errors), Block Kit reference (section, header, actions,
fields), "Truncating really long messages". ``msg_blocks_too_long`` is not documented; seen from
about 13,200 characters of blocks on.
"""

from __future__ import annotations

import json
import re
from typing import Any

MOST_BLOCKS = 50
MOST_BLOCK_CHARACTERS = 13_200
MOST_TEXT = 40_000

_CHANNEL = re.compile(r"(?:[CDGUW][\w.-]+|#[\w.-]+)")
_TS = re.compile(r"\d{1,12}\.\d{6}")
_LONGEST = {"section": 3000, "header": 150}


def problem_with_post(channel: str, text: str, blocks: list[Any], thread: str | None) -> str | None:
    """Slack's error name for this post, ``None`` if it would be taken."""
    if not _CHANNEL.fullmatch(channel):
        return "channel_not_found"
    if not text and not blocks:
        return "no_text"
    if thread is not None and not _TS.fullmatch(thread):
        return "invalid_thread_ts"
    return _problem_with_blocks(blocks)


def _problem_with_blocks(blocks: list[Any]) -> str | None:
    if len(blocks) > MOST_BLOCKS or not all(_is_sound(block) for block in blocks):
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > MOST_BLOCK_CHARACTERS:
        return "msg_blocks_too_long"
    return None


def _is_sound(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    kind, text, fields = block["type"], block.get("text"), block.get("fields", [])
    return (
        (text is None or _is_text(text, _LONGEST.get(kind, 3000)))
        and (kind != "header" or (isinstance(text, dict) and text.get("type") == "plain_text"))
        and (kind != "section" or bool(text or fields))
        and len(fields) <= 10
        and all(_is_text(field, 2000) for field in fields)
        and (kind != "actions" or 1 <= len(block.get("elements", [])) <= 25)
    )


def _is_text(text: Any, longest: int) -> bool:
    return (
        isinstance(text, dict)
        and text.get("type") in ("plain_text", "mrkdwn")
        and isinstance(text.get("text"), str)
        and 1 <= len(text["text"]) <= longest
    )
