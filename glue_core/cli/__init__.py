"""The command ``glue``."""

from glue_core.cli.group import main

__all__ = ["main"]
