"""Text messages through Twilio's own library."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import phonenumbers
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress, host_of
from twilio.rest import Client

from dispatcher.channels.http import HttpSession
from dispatcher.channels.port import Destination, Rejected, RenderedMessage, SendOutcome
from dispatcher.channels.sms_numbers import e164, refusal
from dispatcher.channels.twilio import TwilioSettings, twilio_client
from dispatcher.channels.twilio_outcomes import outcome_of_request


class SmsSettings(TwilioSettings):
    sms_from: str | None = Field(
        default=None,
        description="Sender of text messages: a number of the Twilio account in E.164, or a name of"
        " up to 11 letters, which cannot be answered.",
    )
    sms_messaging_service_sid: str | None = Field(
        default=None,
        description="A Twilio Messaging Service (`MG…`) that chooses the sender, in place of"
        " SMS_FROM. Without either no text is sent.",
    )
    sms_countries: str = Field(
        default="",
        description="Countries that texts may go to, such as `DE,AT,CH`; empty: all.",
    )
    sms_validity_seconds: int = Field(
        default=1800,
        ge=60,
        le=36_000,
        description="A text that Twilio could not pass on for so long is dropped, since it is no"
        " news any more; the next way to the reader is tried.",
    )
    sms_daily_cap: int = Field(
        default=50,
        ge=1,
        description="Texts to one number within a day; more goes other ways. Never holds back"
        " critical and major outages, staff and answers.",
    )
    sms_concurrency: int = Field(
        default=10, ge=1, le=100, description="Texts handed to Twilio at once."
    )

    @field_validator("sms_countries")
    @classmethod
    def _countries(cls, value: str) -> str:
        codes = countries(value)
        unknown = [code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS]
        if unknown:
            raise PydanticCustomError(
                "country", "{code} is no ISO 3166 code of a country.", {"code": unknown[0]}
            )
        return ",".join(codes)


def countries(setting: str) -> list[str]:
    return [code for part in setting.split(",") if (code := part.strip().upper())]


class SmsChannel:
    """``base`` is where Twilio reaches us with what became of a message."""

    name = Channel.SMS

    def __init__(self, settings: SmsSettings, egress: Egress, http: HttpSession, base: str) -> None:
        self._settings = settings
        self._egress = egress
        self._http = http
        self._base = base
        self._client = twilio_client(settings, http)
        self._countries = frozenset(countries(settings.sms_countries))

    @property
    def concurrency(self) -> int:
        return self._settings.sms_concurrency

    async def open(self) -> None:
        if self._client is not None:
            host = host_of(self._settings.twilio_base_url)
            self._egress.check_provider("TWILIO_BASE_URL", host)

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """The key travels in the address of the status call-back: messages know no idempotency."""
        if self._client is None:
            return Rejected("no Twilio account is set (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)")
        sender = self._sender()
        if not sender:
            return Rejected("no sender is set (SMS_FROM or SMS_MESSAGING_SERVICE_SID)")
        number = e164(to.address) or to.address
        refused = refusal(number, self._countries)
        if refused is not None:
            return refused
        if not message.text.strip():
            return Rejected("the message has no text")
        created = self._create(self._client, sender, number, message.text, idempotency_key)
        return await outcome_of_request(created, self._settings.twilio_timeout_seconds)

    def _sender(self) -> dict[str, str]:
        service, sender = self._settings.sms_messaging_service_sid, self._settings.sms_from
        if service:
            return {"messaging_service_sid": service}
        return {"from_": sender} if sender else {}

    async def _create(
        self, client: Client, sender: dict[str, str], number: str, text: str, delivery_id: str
    ) -> Any:
        return await client.messages.create_async(
            to=number,
            body=text.strip(),
            status_callback=status_url(self._base, delivery_id),
            validity_period=self._settings.sms_validity_seconds,
            **sender,
        )


def status_url(base: str, delivery_id: str) -> str:
    return f"{base}/callbacks/twilio/status?{urlencode({'delivery': delivery_id})}"
