"""A benchmark is only as good as its clock and its counting."""

from __future__ import annotations

import json
from pathlib import Path

from bench.arrivals import Arrivals, moment
from bench.timings import Summary, percentile, together


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.99) == 100
    assert percentile([7.0], 0.99) == 7


def test_a_rate_is_over_the_whole_run() -> None:
    runs = [Summary((1.0, 2.0, 3.0), 0.5), Summary((4.0,), 1.5)]
    assert runs[0].rate == 6
    assert together(runs).rate == 2
    assert together(runs).p50 == 3


def test_arrivals_begin_at_the_journals_end_and_wait_for_whole_lines(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text(json.dumps({"id": "before"}) + "\n")
    arrivals = Arrivals(journal)
    with journal.open("a") as file:
        file.write(json.dumps({"id": "1"}) + "\n" + '{"id": ')
        file.flush()
        assert [line["id"] for line in arrivals.look()] == ["1"]
        file.write('"2"}\n')
    assert [line["id"] for line in arrivals.wait_for(1, seconds=5)] == ["2"]
    assert arrivals.wait_for(1, seconds=0) == []


def test_a_moment_is_the_sandboxs_own() -> None:
    assert moment({"received_at": "1970-01-01T00:00:01.5+00:00"}) == 1.5
