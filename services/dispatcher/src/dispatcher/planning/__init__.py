"""Who gets which message: an event and the people, turned into delivery rows."""
