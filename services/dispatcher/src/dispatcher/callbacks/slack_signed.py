"""Whether a request is Slack's: bounded, signed by one of our apps, and not older than five
minutes, before anything in it is read.

docs.slack.dev, "Verifying requests from Slack"; the comparison is slack-sdk's own. Each workspace
may have an app of its own with its own secret, which slack-bolt alone has no place for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from slack_sdk.signature import Clock, SignatureVerifier
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dispatcher.channels.slack_settings import Workspace

LONGEST_BODY = 256 * 1024
"""Bytes. A form of 40,000 characters, percent-encoded, with the message it belongs to."""


@dataclass(frozen=True)
class SlackSignatures:
    """``verifiers`` by team id as we were told it; none: nothing can be Slack's."""

    verifiers: dict[str, SignatureVerifier]

    @classmethod
    def of(cls, workspaces: Iterable[Workspace], clock: Clock | None = None) -> SlackSignatures:
        return cls(
            {
                one.team: SignatureVerifier(one.signing_secret, clock or Clock())
                for one in workspaces
                if one.signing_secret
            }
        )

    async def verified(self, request: Request) -> tuple[bytes, frozenset[str]]:
        """The body, and the workspaces whose secret signed it.

        Raises :class:`HTTPException` (403, 413).
        """
        body = await _bounded(request)
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
            raise _not_theirs()
        signers = self._signers(body, timestamp, signature)
        if not signers:
            raise _not_theirs()
        return body, signers

    def _signers(self, body: bytes, timestamp: str, signature: str) -> frozenset[str]:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return frozenset()
        return frozenset(
            team
            for team, verifier in self.verifiers.items()
            if verifier.is_valid(text, timestamp, signature)
        )


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise HTTPException(
                413, f"The body is longer than {LONGEST_BODY} bytes; send less at once"
            )
    return bytes(body)


def _not_theirs() -> HTTPException:
    return HTTPException(
        403,
        "This is not signed by Slack within the last five minutes; check SLACK_SIGNING_SECRET and"
        " the clock",
    )
