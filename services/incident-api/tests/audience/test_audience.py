"""Who is told of an outage, and why: small directories, one failure each."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from incident_api.audience.blast_radius import blast_radius, dependents_of
from incident_api.audience.rules import Concern, concerned_clients, is_routed
from incident_api.audience.terms import promises_after_message
from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView
from tocsin_contracts.directory import (
    Client,
    CommunicationPlan,
    NotifyRule,
    ServiceHours,
    SeverityEntry,
    System,
    SystemUse,
)
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, Kind, Severity


def system(key: str, *depends_on: str) -> System:
    return System(key=key, name=key.replace("-", " ").title(), depends_on=depends_on)


def client(key: str, *systems: str, plan: str | None = None, team: str | None = None) -> Client:
    return Client(
        key=key,
        name=key.upper(),
        timezone="Europe/Berlin",
        systems=tuple(SystemUse(key=used) for used in systems),
        communication_plan=plan,
        account_team=team,
    )


def entry(every: int = 30, first: int = 10) -> SeverityEntry:
    return SeverityEntry(
        notify=(NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,)),),
        update_every_minutes=Decimal(every),
        first_notice_within_minutes=Decimal(first),
    )


def plan(
    key: str,
    severities: Mapping[Severity, SeverityEntry],
    *,
    policy: str | None = None,
    hours: ServiceHours | None = None,
) -> CommunicationPlan:
    return CommunicationPlan(
        key=key, severities=dict(severities), escalation_policy=policy, service_hours=hours
    )


def view(
    systems: Iterable[System] = (),
    clients: Iterable[Client] = (),
    plans: Iterable[CommunicationPlan] = (),
    revisions: Mapping[tuple[str, str], int] | None = None,
) -> DirectoryView:
    return DirectoryView(
        revision=1,
        provider=defaults.PROVIDER,
        systems={s.key: s for s in systems},
        clients={c.key: c for c in clients},
        teams={},
        plans={"default": defaults.PLAN, **{p.key: p for p in plans}},
        policies={"default": defaults.POLICY},
        revisions=revisions or {},
    )


KNOWN_AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
HOUSE = (
    system("san-2"),
    system("storage-eu", "san-2"),
    system("mail-eu", "storage-eu"),
    system("calendar-eu", "mail-eu"),
    system("vpn-us"),
)


def told(
    directory: DirectoryView,
    *failed: str,
    severity: Severity = Severity.SEV1,
    **more: tuple[str, ...],
) -> dict[str, AudienceClient]:
    concern = Concern(severity=severity, system_keys=failed, **more)
    clients = concerned_clients(directory, concern, known_at=KNOWN_AT, published=True)
    return {c.client_key: c for c in clients}


def test_a_client_hears_of_its_own_system_and_of_what_failed_beneath() -> None:
    acme = told(view(HOUSE, [client("acme", "mail-eu")]), "storage-eu")["acme"]
    assert acme.systems == ("mail-eu",)
    assert acme.via == ("storage-eu",)
    assert acme.because == "ACME uses Mail Eu, which depends on Storage Eu"


def test_the_reason_gives_the_whole_way_down() -> None:
    acme = told(view(HOUSE, [client("acme", "calendar-eu")]), "san-2")["acme"]
    assert acme.because == (
        "ACME uses Calendar Eu, which depends on Mail Eu, which depends on Storage Eu, "
        "which depends on San 2"
    )


def test_a_client_that_uses_the_failed_system_itself_has_nothing_beneath() -> None:
    acme = told(view(HOUSE, [client("acme", "storage-eu", "mail-eu")]), "storage-eu")["acme"]
    assert acme.systems == ("storage-eu", "mail-eu")
    assert acme.via == ()


def test_two_failures_beneath_one_system_are_both_named() -> None:
    acme = told(view(HOUSE, [client("acme", "mail-eu")]), "storage-eu", "san-2")["acme"]
    assert acme.via == ("storage-eu", "san-2")


def test_clients_of_other_systems_hear_nothing() -> None:
    directory = view(HOUSE, [client("acme", "mail-eu"), client("globex", "vpn-us")])
    assert list(told(directory, "storage-eu")) == ["acme"]


def test_what_a_system_rests_on_is_not_affected_by_its_failure() -> None:
    directory = view(HOUSE, [client("acme", "mail-eu"), client("globex", "storage-eu")])
    assert list(told(directory, "mail-eu")) == ["acme"]


def test_a_client_named_by_hand_is_told_in_terms_of_the_incidents_systems() -> None:
    directory = view(HOUSE, [client("acme", "vpn-us")])
    acme = told(directory, "mail-eu", client_keys=("acme",))["acme"]
    assert acme.systems == ("mail-eu",)
    assert acme.because == "ACME is named in the incident"


def test_an_exclusion_beats_use_and_name() -> None:
    directory = view(HOUSE, [client("acme", "mail-eu"), client("globex", "mail-eu")])
    found = told(directory, "mail-eu", client_keys=("acme",), exclude_client_keys=("acme",))
    assert list(found) == ["globex"]


def test_an_unknown_system_routes_nowhere() -> None:
    directory = view(HOUSE, [client("acme", "mail-eu")])
    concern = Concern(severity=Severity.SEV1, system_keys=("fax",))
    assert not is_routed(directory, concern)
    assert told(directory, "fax") == {}


def test_a_known_system_that_nobody_uses_is_routed_all_the_same() -> None:
    assert is_routed(view(HOUSE), Concern(severity=Severity.SEV1, system_keys=("vpn-us",)))


def test_the_plans_own_entry_applies_with_its_policy_and_promises() -> None:
    gold = plan("gold", {Severity.SEV1: entry(every=30, first=10)})
    acme = told(view(HOUSE, [client("acme", "mail-eu", plan="gold")], [gold]), "mail-eu")["acme"]
    assert (acme.plan_key, acme.severity_entry) == ("gold", Severity.SEV1)
    assert acme.escalation_policy == "default"
    assert acme.first_notice_due == KNOWN_AT + timedelta(minutes=10)
    assert acme.next_update_due == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_a_severity_the_plan_leaves_out_means_the_default_plans() -> None:
    gold = plan("gold", {Severity.SEV1: entry()})
    directory = view(HOUSE, [client("acme", "mail-eu", plan="gold")], [gold])
    acme = told(directory, "mail-eu", severity=Severity.SEV3)["acme"]
    assert (acme.plan_key, acme.severity_entry) == ("default", Severity.SEV3)


def test_a_severity_nobody_names_means_the_nearest_of_the_default_plan() -> None:
    default = plan("default", {Severity.SEV1: entry(), Severity.SEV3: entry()})
    directory = view(HOUSE, [client("acme", "mail-eu")], [default])
    assert told(directory, "mail-eu", severity=Severity.SEV5)["acme"].severity_entry == "sev3"
    assert told(directory, "mail-eu", severity=Severity.SEV2)["acme"].severity_entry == "sev1"


def test_nobody_hears_of_sev5_unless_a_plan_says_so() -> None:
    silent = view(HOUSE, [client("acme", "mail-eu")])
    acme = told(silent, "mail-eu", severity=Severity.SEV5)["acme"]
    assert (acme.plan_key, acme.severity_entry) == ("default", Severity.SEV5)
    assert (acme.first_notice_due, acme.next_update_due) == (None, None)
    assert acme.because.endswith("; its plan tells nobody of sev5")
    assert promises_after_message(silent, [acme], KNOWN_AT) == {}

    gold = plan("gold", {Severity.SEV5: entry(first=10)})
    asked = view(HOUSE, [client("acme", "mail-eu", plan="gold")], [gold])
    acme = told(asked, "mail-eu", severity=Severity.SEV5)["acme"]
    assert acme.first_notice_due == KNOWN_AT + timedelta(minutes=10)


def test_service_hours_stay_the_clients_own_where_the_default_plan_steps_in() -> None:
    office = ServiceHours(timezone="Europe/Berlin", days={"wed": ("08:00", "18:00")})
    gold = plan("gold", {Severity.SEV1: entry()}, hours=office)
    directory = view(HOUSE, [client("acme", "mail-eu", plan="gold")], [gold])
    acme = told(directory, "mail-eu", severity=Severity.SEV3)["acme"]
    assert acme.first_notice_due == datetime(2026, 11, 25, 7, tzinfo=UTC)


def test_nothing_further_is_promised_while_the_incident_is_internal() -> None:
    directory = view(HOUSE, [client("acme", "mail-eu")])
    concern = Concern(severity=Severity.SEV1, system_keys=("mail-eu",))
    (acme,) = concerned_clients(directory, concern, known_at=KNOWN_AT, published=False)
    assert acme.first_notice_due is not None
    assert acme.next_update_due is None


def test_the_revision_is_that_of_the_newest_thing_a_notice_is_made_from() -> None:
    revisions = {
        ("client", "acme"): 3,
        ("team", "team-a"): 5,
        ("plan", "gold"): 4,
        ("policy", "default"): 1,
        ("system", "mail-eu"): 2,
        ("system", "storage-eu"): 7,
        ("system", "vpn-us"): 99,
    }
    gold = plan("gold", {Severity.SEV1: entry()})
    acme = client("acme", "mail-eu", plan="gold", team="team-a")
    directory = view(HOUSE, [acme], [gold], revisions)
    assert told(directory, "mail-eu")["acme"].client_revision == 5
    assert told(directory, "storage-eu")["acme"].client_revision == 7
    worded = gold.model_copy(update={"wording": {Kind.INITIAL: "house"}})
    own_words = view(HOUSE, [acme], [worded], {**revisions, ("template", "house"): 9})
    assert told(own_words, "mail-eu")["acme"].client_revision == 9


@st.composite
def houses(draw: st.DrawFn) -> tuple[list[System], set[str]]:
    """A random acyclic house and what failed in it."""
    count = draw(st.integers(1, 12))
    keys = [f"s{number}" for number in range(count)]
    built = [
        system(key, *draw(st.lists(st.sampled_from(keys[:at]), unique=True)) if at else ())
        for at, key in enumerate(keys)
    ]
    return built, draw(st.sets(st.sampled_from(keys), min_size=1))


def reaches(systems: dict[str, System], start: str, failed: set[str]) -> set[str]:
    """By plain recursion: which failed systems ``start`` rests on."""
    own = {start} & failed
    return own.union(*(reaches(systems, needed, failed) for needed in systems[start].depends_on))


@given(houses())
def test_the_blast_radius_is_exactly_what_rests_on_a_failure(
    house: tuple[list[System], set[str]],
) -> None:
    built, failed = house
    by_key = {s.key: s for s in built}
    radius = blast_radius(by_key, dependents_of(by_key), sorted(failed))
    for key in by_key:
        beneath = reaches(by_key, key, failed)
        assert (key in radius) == bool(beneath)
        if beneath:
            assert radius.failed_beneath[key] == beneath
            path = radius.path(key)
            assert path[-1] in failed
            assert all(b in by_key[a].depends_on for a, b in itertools.pairwise(path))
