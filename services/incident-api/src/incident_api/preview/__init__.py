"""Who would be told what: the event of a call, planned by the dispatcher, kept by nobody."""
