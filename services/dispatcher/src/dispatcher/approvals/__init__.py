"""Messages that need a person's yes: who is asked, until when, and what becomes of no answer."""
