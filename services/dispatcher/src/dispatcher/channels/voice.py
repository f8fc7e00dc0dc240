"""Calls through Twilio's own library; what they say is asked of us once somebody picks up."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from tocsin_contracts.words import Channel, SuppressionCause
from tocsin_runtime.egress import Egress, host_of
from twilio.rest import Client

from dispatcher.channels.http import HttpSession
from dispatcher.channels.port import Destination, Rejected, RenderedMessage, SendOutcome
from dispatcher.channels.sms_numbers import e164
from dispatcher.channels.twilio import TwilioSettings, twilio_client
from dispatcher.channels.twilio_outcomes import outcome_of_request
from dispatcher.channels.voice_numbers import is_costly
from dispatcher.channels.voice_urls import answer_url, status_url

PROGRESS = ["initiated", "ringing", "answered", "completed"]
"""What Twilio tells of a call (its "StatusCallbackEvent"); only the last is told otherwise."""


class VoiceSettings(TwilioSettings):
    voice_from: str | None = Field(
        default=None,
        description="The number that calls come from, in E.164 such as +493023125100: one of the"
        " Twilio account, or verified there. None: nobody is called.",
    )
    voice_ring_seconds: int = Field(
        default=25,
        ge=5,
        le=600,
        description="How long it rings. Longer than about 25 seconds reaches most voicemails.",
    )
    voice_machine_detection: bool = Field(
        default=True,
        description="Listen whether a person or a machine picks up. Costs a moment of silence; "
        "without it a machine is read the whole message, and counts as a person.",
    )
    voice_concurrency: int = Field(
        default=8, ge=1, description="Calls that are placed at once. Twilio queues the rest."
    )


class VoiceChannel:
    """``base`` is where Twilio reaches us. The text of a call never leaves with the request."""

    name = Channel.VOICE

    def __init__(
        self, settings: VoiceSettings, egress: Egress, http: HttpSession, base: str
    ) -> None:
        self._settings = settings
        self._egress = egress
        self._http = http
        self._base = base
        self._client = twilio_client(settings, http)

    @property
    def concurrency(self) -> int:
        return self._settings.voice_concurrency

    async def open(self) -> None:
        if self._client is not None:
            host = host_of(self._settings.twilio_base_url)
            self._egress.check_provider("TWILIO_BASE_URL", host)

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """Accepted: Twilio will ring. A lost answer may ring twice, since calls know no idempotency
        (twilio.com, "Call resource"); whoever hears it a second time hears the same."""
        if self._client is None:
            return Rejected("no Twilio account is set (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)")
        if not self._settings.voice_from:
            return Rejected("no number to call from is set (VOICE_FROM)")
        if not message.text.strip():
            return Rejected("it has no words to say")
        number = e164(to.address)
        if number is None:
            return Rejected("this is no telephone number with its country code, such as +49 30 …")
        if is_costly(number):
            return Rejected("a premium-rate number gets no calls", SuppressionCause.UNFIT)
        placed = self._place(self._client, self._settings.voice_from, number, idempotency_key)
        return await outcome_of_request(placed, self._settings.twilio_timeout_seconds)

    async def _place(self, client: Client, caller: str, number: str, delivery_id: str) -> Any:
        more = {"machine_detection": "DetectMessageEnd"} if self._detects else {}
        return await client.calls.create_async(
            to=number,
            from_=caller,
            url=answer_url(self._base, delivery_id),
            method="POST",
            status_callback=status_url(self._base, delivery_id),
            status_callback_event=PROGRESS,
            status_callback_method="POST",
            timeout=self._settings.voice_ring_seconds,
            **more,
        )

    @property
    def _detects(self) -> bool:
        return self._settings.voice_machine_detection
