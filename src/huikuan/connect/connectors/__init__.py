"""Files in: read, map, check, commit, undo."""
