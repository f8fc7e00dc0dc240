"""How Twilio's API misbehaves on demand (twilio.com/docs/api/errors)."""

from __future__ import annotations

from aiohttp import web

from devstack.sandbox.faults import Fault
from devstack.sandbox.http_faults import Usual, spoil
from devstack.sandbox.twilio_account import refused, too_many

INVALID_NUMBER = 21211
STATUS_OF_CODE = {20003: 401, 20404: 404, 20429: 429}
WORDS_OF_CODE = {
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
}


async def misbehave(request: web.Request, fault: Fault, usual: Usual) -> web.Response:
    """``reject`` and ``retry`` with ``code``: an error of Twilio's, or an HTTP status alone."""
    if fault.mode == "rate_limit" or (fault.mode == "retry" and fault.code is None):
        return too_many()
    if fault.mode not in ("reject", "retry"):
        return await spoil(request, fault, usual)
    code = int(fault.code or INVALID_NUMBER)
    if code < 1_000:
        return web.Response(status=code, text="trouble")
    return refused(STATUS_OF_CODE.get(code, 400), code, WORDS_OF_CODE.get(code, f"Error {code}"))
