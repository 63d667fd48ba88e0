"""Words of disputes in templates."""
