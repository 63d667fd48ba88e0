"""What can be done to statements. Each door decides, then records facts in one transaction."""
