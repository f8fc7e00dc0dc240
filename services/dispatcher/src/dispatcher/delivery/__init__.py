"""Claims due rows, sends them, records what came of it."""
