"""``python -m glue_core.cli`` is the command ``glue``."""

from __future__ import annotations

from glue_core.cli.group import main

main(prog_name="glue")
