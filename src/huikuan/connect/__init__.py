"""Doors to other systems: files today; ERP, CRM and the API as they come."""
