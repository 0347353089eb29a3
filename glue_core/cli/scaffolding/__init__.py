"""Skeletons of distributions: names, plans and templates behind ``glue new``."""
