"""Data for tests that call a deployment from outside, made and removed over HTTP."""
