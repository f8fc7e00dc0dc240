"""What an event means for the escalations of its incident."""
