"""Who holds a role for a client, from the local copy of the directory."""
