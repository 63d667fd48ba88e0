"""Writing bank statements: a file's statements and lines, all or none, each line once."""
