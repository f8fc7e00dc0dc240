"""What clients ask and confirm, and what is answered: one conversation an incident and client."""
