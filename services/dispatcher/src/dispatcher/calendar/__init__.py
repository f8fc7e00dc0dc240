"""Invitations: what a mail puts into its reader's calendar."""
