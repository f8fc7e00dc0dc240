"""What steps watch beside the incident: questions without an answer, people out of reach."""
