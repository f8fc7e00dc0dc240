"""What readers answer, on any channel: told apart, matched to the outage, passed on."""
