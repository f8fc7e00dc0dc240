"""``make demo``: one outage of a sample provider, from the alert to the closing note."""
