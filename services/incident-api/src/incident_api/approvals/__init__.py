"""Messages that wait for a person's yes, and what that person said; dispatcher carries it out."""
