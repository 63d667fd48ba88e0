"""Work: one inbox of what waits for a person, whatever put it there."""
