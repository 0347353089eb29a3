"""The documentation generator: OpenAPI 3.1 per application, a walk over the compiled operations."""
