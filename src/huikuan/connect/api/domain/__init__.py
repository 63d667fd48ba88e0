"""Plain Python: what a request may say, where a page goes on, how a message is signed and tried again."""
