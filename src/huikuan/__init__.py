"""Huikuan 回款: credit, receivables and collection for companies that sell on credit."""

__version__ = "0.1.0"
