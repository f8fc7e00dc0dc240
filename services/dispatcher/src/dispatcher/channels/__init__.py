"""How one rendered message reaches one destination, channel by channel."""
