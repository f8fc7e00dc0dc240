"""The bodies that Twilio answers with, and calls with, as its documents show them. Pure.

Sources: twilio.com/docs, "Messages resource", "Outbound Message Status in Status Callbacks",
"Twilio's request to your incoming message webhook", "TwiML for Programmable Messaging".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import unescape
from typing import Any

from devstack.sandbox.messages import Content, Message
from devstack.sandbox.sms_segments import size_of
from devstack.sandbox.twilio_account import API_VERSION, new_sid

Form = dict[str, str]


def resource(message: Message, account: str) -> dict[str, Any]:
    """A message as it is answered; with a Messaging Service its parts are not counted yet."""
    facts, moment = message.facts, format_datetime(message.received_at)
    uri = f"/{API_VERSION}/Accounts/{account}/Messages/{facts['sid']}"
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "body": message.raw.decode(),
        "date_created": moment,
        "date_sent": None,
        "date_updated": moment,
        "direction": facts["direction"],
        "error_code": facts["error_code"],
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": facts["messaging_service_sid"],
        "num_media": "0",
        "num_segments": "0" if facts["messaging_service_sid"] else str(facts["segments"]),
        "price": None,
        "price_unit": "USD",
        "sid": facts["sid"],
        "status": facts["status"],
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to[0],
        "uri": f"{uri}.json",
    }


def status_fields(message: Message, account: str) -> Form:
    facts, status = message.facts, message.facts["status"]
    fields = {
        "SmsSid": facts["sid"],
        "SmsStatus": status,
        "MessageStatus": status,
        "To": message.to[0],
        "MessageSid": facts["sid"],
        "AccountSid": account,
        "From": message.sender,
        "ApiVersion": API_VERSION,
    }
    if status in ("delivered", "undelivered"):
        fields["RawDlrDoneDate"] = f"{datetime.now(UTC):%y%m%d%H%M}"
    return {**fields, "ErrorCode": str(facts["error_code"])} if facts["error_code"] else fields


def inbound_fields(sender: str, ours: str, text: str, account: str) -> Form:
    sid = new_sid("SM")
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": text,
        "To": ours,
        "NumSegments": str(size_of(text).segments),
        "MessageSid": sid,
        "AccountSid": account,
        "From": sender,
        "ApiVersion": API_VERSION,
    }


def as_read(message: Message) -> Content:
    return Content(
        subject=None, text=message.raw.decode(), html=None, headers={}, thread=message.to[0]
    )


def said_in(twiml: str) -> list[str]:
    """What ``<Message>`` verbs say, whether or not in a ``<Body>``."""
    found = re.findall(r"<Message[^>]*>(.*?)</Message>", twiml, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", said)).strip() for said in found]
