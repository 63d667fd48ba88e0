"""Who we sell to: legal entities, their names, groups and affiliations."""
