"""Questions that only another service's rules can answer, asked over its internal port."""
