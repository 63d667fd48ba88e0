"""Figures made of facts: dashboards and indicators."""
