"""Outages that have not happened, played by the very functions that run."""
