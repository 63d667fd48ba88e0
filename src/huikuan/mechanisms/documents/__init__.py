"""Printed documents: a template of ours and plain data become a PDF."""
