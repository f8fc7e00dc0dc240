"""What one message says to one reader, on each channel."""
