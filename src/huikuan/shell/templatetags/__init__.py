"""The tags and filters every template uses."""
