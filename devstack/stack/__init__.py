"""What belongs to one running stack: its ports, folder, secrets, environment and processes."""
