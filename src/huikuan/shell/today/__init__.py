"""今日: what waits for the reader, and what was done without them."""
