"""A second account for text messages and calls, tried where the first is down."""

from __future__ import annotations

from typing import TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from dispatcher.channels.sms import SmsSettings
from dispatcher.channels.twilio import OFFICIAL
from dispatcher.channels.voice import VoiceSettings


class SecondTwilioSettings(BaseSettings):
    twilio_second_account_sid: str | None = Field(
        default=None,
        description="Account sid of a second provider that speaks Twilio's API (a Twilio account of"
        " its own, or another provider's compatible one); it takes what the first cannot.",
    )
    twilio_second_auth_token: SecretStr | None = Field(
        default=None, description="Auth token of that account."
    )
    twilio_second_base_url: str = Field(
        default=OFFICIAL, description="Where the second provider's API answers."
    )
    sms_second_from: str | None = Field(
        default=None,
        description="Sender of text messages over the second provider; without it they have none.",
    )
    voice_second_from: str | None = Field(
        default=None,
        description="The number that calls over the second provider come from; without it they"
        " have none.",
    )


class TelephoneSettings(SmsSettings, VoiceSettings, SecondTwilioSettings):
    """Both providers of text messages and calls."""


T = TypeVar("T", bound=TelephoneSettings)


def second_for_sms(settings: T) -> T | None:
    """The settings as the second provider's; ``None``: there is none."""
    if settings.sms_second_from is None:
        return None
    sender = {"sms_from": settings.sms_second_from, "sms_messaging_service_sid": None}
    return _second(settings, sender)


def second_for_voice(settings: T) -> T | None:
    if settings.voice_second_from is None:
        return None
    return _second(settings, {"voice_from": settings.voice_second_from})


def _second(settings: T, sender: dict[str, str | None]) -> T | None:
    sid, token = settings.twilio_second_account_sid, settings.twilio_second_auth_token
    if sid is None or token is None:
        return None
    account = {
        "twilio_account_sid": sid,
        "twilio_auth_token": token,
        "twilio_base_url": settings.twilio_second_base_url,
    }
    return settings.model_copy(update={**account, **sender})
