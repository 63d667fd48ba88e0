"""What statements may say and what follows from them: plain Python, no framework, clock or I/O."""
