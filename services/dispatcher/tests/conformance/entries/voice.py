from urllib.parse import parse_qs, urlsplit

from tocsin_contracts.words import Channel

from services.dispatcher.tests.conformance.entry import Aim, Entry, Item

TOKEN = "sandbox-auth-token"


def _delivery(item: Item) -> str:
    url = str(item["body"]["request"]["Url"])
    return parse_qs(urlsplit(url).query)["delivery"][0]


ENTRY = Entry(
    channel=Channel.VOICE,
    settings=lambda sandbox, patience: {
        "twilio_account_sid": sandbox.settings.twilio_account_sid,
        "twilio_auth_token": TOKEN,
        "twilio_base_url": sandbox.twilio_url,
        "twilio_timeout_seconds": patience,
        "voice_from": sandbox.settings.twilio_number,
    },
    address_of=lambda _, number: f"+493023125{number:03}",
    key_of=_delivery,
    aimed_at=lambda scheme, port: Aim(
        {"twilio_base_url": f"{scheme}://127.0.0.1:{port}"}, "+493023125207"
    ),
    secrets=(TOKEN,),
    says_when=False,  # error 20429 names no time
)
