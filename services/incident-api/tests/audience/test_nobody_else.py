"""The worst bug there is: a word to a client that is not concerned. Against a plain model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from incident_api.audience.changes import revise
from incident_api.audience.rules import Concern, concerned_clients
from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView
from tocsin_contracts.directory import Client, System, SystemUse
from tocsin_contracts.words import Severity

NOW = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    view: DirectoryView
    concern: Concern


@st.composite
def worlds(draw: st.DrawFn) -> World:
    systems = [f"s{n}" for n in range(draw(st.integers(1, 8)))]
    clients = [f"c{n}" for n in range(draw(st.integers(1, 6)))]
    house = {
        key: System(
            key=key,
            name=key,
            depends_on=tuple(draw(st.sets(st.sampled_from(systems[:at])))) if at else (),
        )
        for at, key in enumerate(systems)
    }
    served = {
        key: Client(
            key=key,
            name=key,
            timezone="UTC",
            systems=tuple(SystemUse(key=s) for s in draw(st.sets(st.sampled_from(systems)))),
        )
        for key in clients
    }
    some = st.sets(st.sampled_from([*clients, "unknown"])).map(tuple)
    concern = Concern(
        severity=draw(st.sampled_from(Severity)),
        system_keys=tuple(draw(st.sets(st.sampled_from([*systems, "unknown"])))),
        client_keys=draw(some),
        exclude_client_keys=draw(some),
    )
    view = DirectoryView(
        revision=1,
        provider=defaults.PROVIDER,
        systems=house,
        clients=served,
        teams={},
        plans={"default": defaults.PLAN},
        policies={"default": defaults.POLICY},
        revisions={},
    )
    return World(view, concern)


def by_the_book(world: World) -> set[str]:
    """By plain recursion: uses what failed or rests on it, or is named; and is not excluded."""
    systems, concern = world.view.systems, world.concern

    def hit(key: str) -> bool:
        return key in concern.system_keys or any(hit(below) for below in systems[key].depends_on)

    users = {c.key for c in world.view.clients.values() if any(hit(u.key) for u in c.systems)}
    named = set(concern.client_keys) & world.view.clients.keys()
    return (users | named) - set(concern.exclude_client_keys)


@given(worlds())
def test_exactly_those_concerned_are_told(world: World) -> None:
    told = concerned_clients(world.view, world.concern, known_at=NOW, published=True)
    assert {one.client_key for one in told} == by_the_book(world)
    assert len(told) == len({one.client_key for one in told})


@given(worlds())
def test_each_hears_only_of_systems_it_uses_itself(world: World) -> None:
    for one in concerned_clients(world.view, world.concern, known_at=NOW, published=True):
        used = {use.key for use in world.view.clients[one.client_key].systems}
        assert set(one.systems) <= used or one.client_key in world.concern.client_keys


@given(worlds(), worlds())
def test_a_change_adds_only_those_concerned_and_drops_only_those_excluded(
    world: World, other: World
) -> None:
    before = concerned_clients(world.view, world.concern, known_at=NOW, published=True)
    after = concerned_clients(other.view, other.concern, known_at=NOW, published=True)
    excluded = other.concern.exclude_client_keys
    revised = revise(before, after, excluded=excluded, published=True)
    told = {one.client_key for one in revised.clients}

    assert set(revised.added) <= by_the_book(other)
    assert told == ({one.client_key for one in before} - set(excluded)) | by_the_book(other)
