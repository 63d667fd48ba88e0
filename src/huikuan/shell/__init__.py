"""Settings, wiring, layout and command line: the only place that knows every context."""
