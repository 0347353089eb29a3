"""Services: seams with an embedded default, chosen by URL."""
