"""One incident's escalations taken up, changed and put back, within one transaction."""
