"""What Slack's refusals mean: whose fault it is, and whether it passes. Pure.

Error names: docs.slack.dev, chat.postMessage, chat.update, conversations.open, users.lookupByEmail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from dispatcher.channels.http import retry_after
from dispatcher.channels.port import Rejected, RetryLater, SendOutcome, Unknown

OUR_OWN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "org_login_required",
        "ekm_access_denied",
        "access_denied",
    }
)
"""About our token: an operator mends it, then the message goes."""
NOT_NOW = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "accesslimited",
    }
)
AWAY = frozenset({"service_unavailable", "team_added_to_org"})
"""Slack itself, or the whole workspace: others of its messages would fail as well."""
PERHAPS = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""docs.slack.dev: "it's possible some aspect of the operation succeeded"."""
PERMANENT = {
    "channel_not_found": "there is no such channel for our app: check its id, and invite the app"
    " to it if it is private",
    "not_in_channel": "our app is not in that channel: invite it there",
    "is_archived": "that channel is archived: name another one",
    "account_inactive": "that account or our app was deactivated there",
    "users_not_found": "nobody in the workspace has that email address",
    "user_not_found": "there is no such person in the workspace",
    "user_disabled": "that person's account is deactivated",
    "user_not_visible": "our app may not see that person",
    "cannot_dm_bot": "that address is a bot, which reads no messages",
    "messages_tab_disabled": "our app takes no direct messages: switch on its messages tab",
    "restricted_action": "the workspace lets our app not post there",
    "restricted_action_read_only_channel": "that channel is read-only for our app",
    "restricted_action_thread_locked": "that thread is locked",
    "team_access_not_granted": "our app was not granted that workspace",
    "channel_type_not_supported": "our app cannot post into a channel of that kind",
    "is_inactive": "that conversation is inactive",
    "message_not_found": "that message is gone",
    "cant_update_message": "that message is not ours to change",
    "edit_window_closed": "the workspace lets that message not be changed any more",
    "msg_too_long": "the message is too long",
    "msg_blocks_too_long": "the message is too long",
    "no_text": "the message has no text",
    "invalid_blocks": "the message has a block that Slack does not take",
}
"""Nothing we do again helps; in words for the operator, with the way out."""


def outcome_of_refusal(error: SlackApiError, now: datetime) -> SendOutcome:
    """``ok: false`` with HTTP 200 is the usual shape of a failure; 429 carries Retry-After."""
    status, headers, name = _parts(error.response)
    wait = retry_after(headers.get("Retry-After"), now)
    if status == 429 or name in NOT_NOW:
        return RetryLater(f"Slack said {name or 'too many requests'}", wait)
    if status == 503 or name in AWAY:
        said = f" (Slack said {name})" if name else ""
        return RetryLater(f"Slack is unavailable{said}", wait, provider_down=True)
    if name in OUR_OWN:
        return RetryLater(f"Slack refuses our token ({name})", provider_down=True)
    if name in PERHAPS or name is None or status >= 500:
        return Unknown(f"Slack gave no clear answer ({name or status})")
    words = PERMANENT.get(name)
    return Rejected(f"Slack said {name}: {words}" if words else f"Slack said {name}")


def _parts(response: Any) -> tuple[int, Mapping[str, str], str | None]:
    """The library puts its own response here, or aiohttp's where the body was no JSON."""
    status: int = getattr(response, "status_code", getattr(response, "status", 200))
    headers = getattr(response, "headers", None) or {}
    data = getattr(response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    return status, headers, str(name)[:80] if name else None
