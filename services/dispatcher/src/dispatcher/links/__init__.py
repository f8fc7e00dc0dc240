"""Signed links for one person, minted here alone."""
