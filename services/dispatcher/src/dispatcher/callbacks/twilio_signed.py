"""Whether a call-back is Twilio's: the body is bounded, the signature checked, before anything is
looked at.

A signature carries no moment (twilio.com/docs/usage/security): the same call-back sent again is
told from a new one by its sid, by whoever reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import MultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from twilio.request_validator import RequestValidator

from dispatcher.channels.twilio import TwilioSettings
from dispatcher.replies.texts import storable

LONGEST_BODY = 64 * 1024
"""Bytes. A text message is 1,600 characters, its call-back some 2 KB."""

Form = dict[str, str]
"""By field. A field that came twice is signed with both and read as the last."""


@dataclass(frozen=True)
class TwilioSignature:
    """``base`` is what our URLs begin with as Twilio knows them: behind a proxy the request's own
    is another (error 57012). ``tokens`` are those of our accounts; none: nothing can be Twilio's.
    """

    tokens: tuple[str, ...] = field(repr=False)
    base: str

    @classmethod
    def of(cls, settings: TwilioSettings, base: str) -> TwilioSignature:
        second = getattr(settings, "twilio_second_auth_token", None)
        tokens = [one.get_secret_value() for one in (settings.twilio_auth_token, second) if one]
        return cls(tuple(tokens), base.rstrip("/"))

    async def verified(self, request: Request) -> Form:
        """What Twilio sent, every field of it: new ones come without notice and are signed too.

        Raises :class:`HTTPException` (403, 413).
        """
        fields = _fields(await bounded(request, LONGEST_BODY))
        signature = request.headers.get("X-Twilio-Signature", "")
        url = self._url(request)
        if not signature.isascii() or not any(
            RequestValidator(token).validate(url, fields, signature) for token in self.tokens
        ):
            raise _not_theirs()
        return {storable(name): storable(value) for name, value in fields.items()}

    def _url(self, request: Request) -> str:
        query = request.scope.get("query_string", b"").decode("latin-1")
        return f"{self.base}{request.url.path}{'?' + query if query else ''}"


def delivery_named_by(request: Request) -> str:
    """The delivery in the address of a call-back, which we gave it; empty where there is none."""
    return str(storable(request.query_params.get("delivery", "")))


async def bounded(request: Request, longest: int) -> bytes:
    """The body, read no further than ``longest`` bytes. Raises :class:`HTTPException` (413)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise HTTPException(413, f"The body is longer than {longest} bytes; send less at once")
    return bytes(body)


def _fields(body: bytes) -> MultiDict:
    text = body.decode("utf-8", "replace")
    try:
        return MultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=500))
    except ValueError as error:
        raise HTTPException(413, "The form has more than 500 fields; send fewer") from error


def _not_theirs() -> HTTPException:
    return HTTPException(
        403,
        "This is not signed by Twilio for this address; check TWILIO_AUTH_TOKEN and"
        " DISPATCHER_PUBLIC_URL",
    )
