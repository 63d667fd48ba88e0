"""Log-in, a person's preferences, the front door and the error pages."""
