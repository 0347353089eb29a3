"""How cost grows: with plugins, and with the resources of a document."""
