"""``python -m devstack.sandbox``: run it until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from pathlib import Path

import uvloop

from devstack.sandbox.server import Sandbox, Settings

DEFAULTS = Settings()


def main() -> None:
    settings = _settings(_parser().parse_args())
    try:
        uvloop.run(_serve(settings))
    except OSError as error:
        raise SystemExit(f"The sandbox cannot listen: {error.strerror or error}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack.sandbox", description=__doc__)
    parser.add_argument("--host", default=DEFAULTS.host)
    parser.add_argument("--http-port", type=int, default=7403)
    parser.add_argument("--smtp-port", type=int, default=7404)
    parser.add_argument("--journal", type=Path, help="append a JSON line for each message")
    parser.add_argument("--slack-token", default=DEFAULTS.slack_token)
    parser.add_argument("--slack-signing-secret", default=DEFAULTS.slack_signing_secret)
    parser.add_argument(
        "--dispatcher-url",
        default=os.environ.get("SANDBOX_DISPATCHER_URL"),
        help="where providers call back to (SANDBOX_DISPATCHER_URL)",
    )
    parser.add_argument(
        "--dispatcher-lmtp", type=int, help="port to which mail that comes back is handed over"
    )
    parser.add_argument("--twilio-account-sid", default=DEFAULTS.twilio_account_sid)
    parser.add_argument("--twilio-auth-token", default=DEFAULTS.twilio_auth_token)
    parser.add_argument("--webhook-secret", default=DEFAULTS.webhook_secret)
    return parser


def _settings(chosen: argparse.Namespace) -> Settings:
    return Settings(
        host=chosen.host,
        http_port=chosen.http_port,
        smtp_port=chosen.smtp_port,
        journal=chosen.journal,
        dispatcher_url=chosen.dispatcher_url,
        dispatcher_lmtp_port=chosen.dispatcher_lmtp,
        slack_token=chosen.slack_token,
        slack_signing_secret=chosen.slack_signing_secret,
        twilio_account_sid=chosen.twilio_account_sid,
        twilio_auth_token=chosen.twilio_auth_token,
        twilio_statuses=("sent", "delivered"),
        webhook_secret=chosen.webhook_secret,
    )


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Sandbox(settings) as sandbox:
        print(
            f"sandbox: inbox {sandbox.url}/  smtp {settings.host}:{sandbox.smtp_port}", flush=True
        )
        await stop.wait()


if __name__ == "__main__":
    main()
