"""``POST /callbacks/email``: the same mail from a provider that hands it on by HTTP, raw (MIME).

For those without a mail server of their own. The secret is in ``Authorization``, as a bearer's
token or a basic password, since providers let one be put into the address. The envelope may be
named by ``?to=`` (several) and ``?from=``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, field

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dispatcher.replies.mail_intake import MailIntake
from dispatcher.replies.mail_sorting import Envelope

log = structlog.get_logger()


@dataclass(frozen=True)
class MailCallback:
    """``secret`` ``None``: nobody may hand mail on this way. ``most_bytes`` of one mail."""

    intake: MailIntake
    secret: str | None = field(repr=False)
    most_bytes: int

    def routes(self) -> list[Route]:
        return [Route("/callbacks/email", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        if not self._is_allowed(request.headers.get("Authorization", "")):
            raise HTTPException(
                403, "Send the secret of MAIL_CALLBACK_SECRET in the Authorization header"
            )
        raw = await self._body(request)
        if not raw.strip():
            raise HTTPException(422, "Send the mail itself as the body, as raw MIME")
        envelope = Envelope(
            request.query_params.get("from"), tuple(request.query_params.getlist("to"))
        )
        try:
            became = await self.intake.receive(raw, envelope)
        except Exception:
            log.exception("a mail could not be kept; the provider tries again")
            raise HTTPException(
                503, "It cannot be kept at the moment; send it again", {"Retry-After": "30"}
            ) from None
        return JSONResponse({"result": became})

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.most_bytes:
                raise HTTPException(
                    413, f"A mail may have {self.most_bytes} bytes; send it without attachments"
                )
        return bytes(body)

    def _is_allowed(self, authorization: str) -> bool:
        if self.secret is None:
            return False
        given = _secret_in(authorization)
        return hmac.compare_digest(given.encode(), self.secret.encode())


def _secret_in(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
