"""The incidents this service knows, as their events told it."""
