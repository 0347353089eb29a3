"""Fresh processes: of the test that starts them they have what it hands over, and nothing else."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

IMPORTED = (
    "glue_core.testing.services",
    "glue_core.deployment",
    "glue_core.migrating",
    "alembic.runtime.environment",
    "psycopg",
    "tantivy",
)
"""What is imported before they begin, where it is installed."""


def fresh_processes() -> ForkServerContext:
    """Return what starts processes; use it as the module ``multiprocessing``.

    They are forks of a process that has imported what most of them need, and has opened and
    started nothing: to start one costs no imports.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


__all__ = ["fresh_processes"]
