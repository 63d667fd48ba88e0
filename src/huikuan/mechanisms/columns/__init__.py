"""The ledger mirrored to Parquet, and the engine that answers from it."""
