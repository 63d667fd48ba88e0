"""Papers this context sets."""
