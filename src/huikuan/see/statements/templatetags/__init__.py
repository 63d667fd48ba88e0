"""How statements name their figures and states."""
