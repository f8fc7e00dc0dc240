"""The clock of every promise to a client, and what proves that it was kept."""
