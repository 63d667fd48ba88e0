"""The limitation period of every claim, what interrupted it, and how strong the evidence is."""
