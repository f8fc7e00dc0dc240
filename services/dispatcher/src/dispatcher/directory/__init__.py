"""What the dispatcher knows of the provider and its people, as a copy of two topics."""
