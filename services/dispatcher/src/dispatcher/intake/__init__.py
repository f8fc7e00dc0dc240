"""Events in: what they change here, and the messages that come of them."""
