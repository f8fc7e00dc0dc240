"""How fast, and does it keep its word: measured against bare scripts in the same run."""
