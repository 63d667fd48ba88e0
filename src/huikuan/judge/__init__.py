"""Judgements on customers: how good, how much on credit, and a yes or no for every order."""
