"""How any of the services runs. It holds no outage word: a domain noun here is a mistake."""
