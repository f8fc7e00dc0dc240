"""What would be said, before it is: the plan and the words of a message that nobody gets."""
