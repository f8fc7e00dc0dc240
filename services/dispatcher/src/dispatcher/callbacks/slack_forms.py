"""The form that asks for a question, and what stands there once it arrived. Pure.

docs.slack.dev, "Modals": a title of at most 24 characters, private_metadata of at most 3,000.
"""

from __future__ import annotations

import json
from typing import Any

from dispatcher.callbacks.slack_payloads import FIELD, FORM
from dispatcher.channels.slack_words import SlackWords

LONGEST = 3_000


def question_form(
    words: SlackWords, *, delivery_id: str, message: str, locale: str | None
) -> dict[str, Any]:
    about = {"delivery": delivery_id, "message": message, "locale": locale}
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps(about),
        "title": _plain(words.form_title),
        "submit": _plain(words.form_send),
        "close": _plain(words.form_close),
        "blocks": [
            {
                "type": "input",
                "block_id": FIELD,
                "label": _plain(words.form_label),
                "hint": _plain(words.form_hint),
                "element": {
                    "type": "plain_text_input",
                    "action_id": FIELD,
                    "multiline": True,
                    "max_length": LONGEST,
                },
            }
        ],
    }


def arrived(words: SlackWords) -> dict[str, Any]:
    """In the form's place."""
    return {
        "type": "modal",
        "title": _plain(words.form_title),
        "close": _plain(words.form_close),
        "blocks": [{"type": "section", "text": _plain(words.arrived)}],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
