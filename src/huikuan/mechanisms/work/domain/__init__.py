"""Rules of work items: plain Python, no framework, no clock."""
