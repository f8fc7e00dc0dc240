"""When a step's condition is true: one small rule for each trigger, all in one registry."""
