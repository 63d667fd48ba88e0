"""One of each, for every context: store, audit, events, files, jobs, columns, identity, policies."""
