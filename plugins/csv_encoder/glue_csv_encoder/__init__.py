"""CSV answers for the plain flow of Glue."""
