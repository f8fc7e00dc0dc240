"""Zone words: what people call their clock. Library abbreviations vary by locale and version."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_WORDS: dict[tuple[str, str], str] = {
    ("CET", "CEST"): "Europe/Amsterdam Europe/Andorra Europe/Belgrade Europe/Berlin "
    "Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen Europe/Copenhagen "
    "Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo "
    "Europe/Paris Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje "
    "Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw "
    "Europe/Zagreb Europe/Zurich Africa/Ceuta",
    ("EET", "EEST"): "Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kyiv Europe/Kiev "
    "Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius Asia/Nicosia",
    ("WET", "WEST"): "Europe/Lisbon Atlantic/Canary Atlantic/Madeira",
    ("GMT", "BST"): "Europe/London Europe/Belfast Europe/Jersey Europe/Guernsey Europe/Isle_of_Man",
    ("EST", "EDT"): "America/New_York America/Detroit America/Toronto US/Eastern",
    ("CST", "CDT"): "America/Chicago America/Winnipeg US/Central",
    ("MST", "MDT"): "America/Denver America/Edmonton US/Mountain",
    ("MST", ""): "America/Phoenix",
    ("PST", "PDT"): "America/Los_Angeles America/Vancouver US/Pacific",
    ("AEST", "AEDT"): "Australia/Sydney Australia/Melbourne Australia/Hobart Australia/Canberra",
    ("AEST", ""): "Australia/Brisbane",
    ("AWST", ""): "Australia/Perth",
    ("NZST", "NZDT"): "Pacific/Auckland",
    ("IST", ""): "Asia/Kolkata Asia/Calcutta",
    ("JST", ""): "Asia/Tokyo",
    ("SAST", ""): "Africa/Johannesburg",
    ("UTC", ""): "UTC Etc/UTC Etc/UCT Etc/Zulu Etc/Universal",
}
_BY_ZONE = {zone: words for words, zones in _WORDS.items() for zone in zones.split()}


def zone_or_utc(name: str | None) -> ZoneInfo:
    """A zone that does not exist must not keep a message back."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def zone_word(moment: datetime, zone: ZoneInfo) -> str:
    """``CET``, or ``UTC+5:45`` for a zone without a word of its own."""
    local = moment.astimezone(zone)
    standard, summer = _BY_ZONE.get(zone.key, ("", ""))
    word = summer if local.dst() else standard
    return word or offset_word(moment, zone)


def offset_word(moment: datetime, zone: tzinfo) -> str:
    """``UTC+1``, ``UTC+5:30``, ``UTC-3``, ``UTC``."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def clocks_change_on(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the local day of ``moment`` begins and ends with different offsets."""
    day = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    start = day.replace(tzinfo=None)
    after = (start + timedelta(days=1)).replace(tzinfo=zone)
    return start.replace(tzinfo=zone).utcoffset() != after.utcoffset()
