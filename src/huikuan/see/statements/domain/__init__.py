"""What a statement says: plain rows in, figures out."""
