"""How pages show promises."""
