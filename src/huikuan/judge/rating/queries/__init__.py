"""Reading behaviour, known values and grades."""
