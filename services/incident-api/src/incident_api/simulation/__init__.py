"""What would happen in an outage, and where nobody would be reached, asked beforehand."""
