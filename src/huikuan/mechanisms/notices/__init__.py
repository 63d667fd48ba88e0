"""Words to people outside: an outbox that sends each at most once and loses none, channels, quiet time, letters."""
