"""Gaps in policies and teams, found before an outage finds them."""
