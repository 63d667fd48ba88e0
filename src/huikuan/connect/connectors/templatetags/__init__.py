"""Tags of the import pages."""
