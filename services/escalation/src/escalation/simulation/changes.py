"""What other policies alter: calls that come, that fall away, and that come at another time. Pure.

A call is the same where the same person is called for the same client, on the same channels, by a
step with the same trigger, as often before; the step's place in its policy tells nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TypeAlias

from tocsin_contracts.simulation import MovedLine, PolicyChanges, SimulatedLine

Moved: TypeAlias = tuple[SimulatedLine, SimulatedLine]


def changes(before: Sequence[SimulatedLine], after: Sequence[SimulatedLine]) -> PolicyChanges:
    """From the calls of ``before`` to those of ``after``."""
    earlier, later = _by_call(before), _by_call(after)
    gone: list[SimulatedLine] = []
    come: list[SimulatedLine] = []
    moved: list[Moved] = []
    for call in dict.fromkeys([*earlier, *later]):
        for was, now in zip_longest(*_apart(earlier.get(call, []), later.get(call, []))):
            if now is None:
                gone.append(was)
            elif was is None:
                come.append(now)
            else:
                moved.append((was, now))
    return PolicyChanges(
        added=tuple(_together(come)), removed=tuple(_together(gone)), moved=tuple(_moved(moved))
    )


def _by_call(lines: Iterable[SimulatedLine]) -> dict[Hashable, list[SimulatedLine]]:
    """The calls of each person for each client, by time."""
    found: dict[Hashable, list[SimulatedLine]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.at):
        if line.what != "called":
            continue
        for key in line.client_keys:
            one = line.model_copy(update={"client_keys": (key,)})
            found[_call(one), key].append(one)
    return found


def _call(line: SimulatedLine) -> Hashable:
    return line.chain, line.person, line.trigger, frozenset(line.channels)


def _apart(
    before: Sequence[SimulatedLine], after: Sequence[SimulatedLine]
) -> tuple[list[SimulatedLine], list[SimulatedLine]]:
    """Those of each that the other does not have at the same moment."""
    return _without(before, after), _without(after, before)


def _without(
    lines: Sequence[SimulatedLine], others: Sequence[SimulatedLine]
) -> list[SimulatedLine]:
    left: Counter[datetime] = Counter(line.at for line in others)
    kept: list[SimulatedLine] = []
    for line in lines:
        if left[line.at] > 0:
            left[line.at] -= 1
        else:
            kept.append(line)
    return kept


def _together(lines: Iterable[SimulatedLine]) -> Iterator[SimulatedLine]:
    """One line for all clients of the same call."""
    found: dict[Hashable, list[SimulatedLine]] = defaultdict(list)
    for line in lines:
        found[line.at, line.policy, line.step, line.call, _call(line)].append(line)
    merged = [_merged(group) for group in found.values()]
    yield from sorted(merged, key=lambda line: line.at)


def _moved(pairs: Iterable[Moved]) -> Iterator[MovedLine]:
    found: dict[Hashable, list[Moved]] = defaultdict(list)
    for was, now in pairs:
        found[was.at, now.at, was.step, now.step, was.call, now.call, _call(now)].append((was, now))
    merged = [
        MovedLine(before=_merged([was for was, _ in each]), after=_merged([now for _, now in each]))
        for each in found.values()
    ]
    yield from sorted(merged, key=lambda line: line.after.at)


def _merged(lines: Sequence[SimulatedLine]) -> SimulatedLine:
    clients = sorted({key for line in lines for key in line.client_keys})
    return lines[0].model_copy(update={"client_keys": tuple(clients)})
