"""Planned work: announced ahead, reminded of, moved or called off, started and ended."""
