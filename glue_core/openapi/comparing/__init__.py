"""Comparing two OpenAPI documents: what differs, and whether a client notices."""
