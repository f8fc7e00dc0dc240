"""What was promised and kept: per incident, over a span of time, per client and month."""
