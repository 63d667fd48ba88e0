"""Writing bills: received, endorsed, discounted, pledged, presented, paid, dishonoured."""
