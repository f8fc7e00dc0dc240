"""What happens when a moment is reached."""
