"""Stores in the old application, by its old rules."""
