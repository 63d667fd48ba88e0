"""Tags of the cockpit's templates."""
