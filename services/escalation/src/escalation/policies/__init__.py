"""When whom to bring in, and the calls that were made."""
