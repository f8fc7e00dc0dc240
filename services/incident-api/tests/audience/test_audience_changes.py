"""What becomes of an audience when the incident turns out to be something else."""

from datetime import UTC, datetime

from incident_api.audience.changes import revise
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity

PROMISED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def entry(key: str, *systems: str, due: datetime | None = PROMISED) -> AudienceClient:
    return AudienceClient(
        client_key=key,
        client_revision=1,
        plan_key="default",
        severity_entry=Severity.SEV1,
        systems=systems or ("mail-eu",),
        next_update_due=due,
        because="",
    )


def test_a_client_that_leaves_the_blast_radius_is_told_to_the_end() -> None:
    revised = revise([entry("acme")], [entry("globex")], excluded=[], published=True)
    assert [c.client_key for c in revised.clients] == ["globex", "acme"]
    assert revised.added == ("globex",)
    assert revised.removed == ()


def test_before_anybody_was_told_the_audience_simply_becomes_the_new_one() -> None:
    revised = revise([entry("acme")], [entry("globex")], excluded=[], published=False)
    assert [c.client_key for c in revised.clients] == ["globex"]
    assert revised.removed == ("acme",)


def test_an_exclusion_by_name_takes_a_client_out() -> None:
    revised = revise(
        [entry("acme"), entry("globex")], [entry("globex")], excluded=["acme"], published=True
    )
    assert revised.removed == ("acme",)
    assert [c.client_key for c in revised.clients] == ["globex"]


def test_who_stays_keeps_what_it_was_promised() -> None:
    later = PROMISED.replace(hour=12)
    revised = revise(
        [entry("acme")], [entry("acme", "vpn-us", due=later)], excluded=[], published=True
    )
    (acme,) = revised.clients
    assert acme.next_update_due == PROMISED
    assert acme.systems == ("vpn-us",)
    assert revised.affected == ("acme",)
    assert revised.changed


def test_the_same_audience_is_no_change() -> None:
    revised = revise([entry("acme")], [entry("acme")], excluded=[], published=True)
    assert not revised.changed
