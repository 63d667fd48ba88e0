"""Whether the installation is well: what is examined, and how watchers outside ask."""
