"""Who is away and who is on duty: written, read from calendars, told and shown."""
