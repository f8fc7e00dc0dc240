"""The peers: scripts that do the bare minimum of the same work, without any of our code."""
