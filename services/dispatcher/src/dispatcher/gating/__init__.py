"""Whether a row may go now."""
