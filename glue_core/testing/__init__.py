"""The testing kit: a deployment as production makes it, a client, in-memory plugins, assertions.

Nothing heavy is imported before somebody asks for a name: pytest loads `glue_core.testing.plugin`
in every run of an environment that has Glue.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.migrating import migrate
    from glue_core.testing.client import JSON_API, Client, Response
    from glue_core.testing.counting import Counts, counted
    from glue_core.testing.documents import (
        assert_collection,
        assert_compound,
        assert_error,
        assert_included,
        assert_resource,
    )
    from glue_core.testing.leaks import assert_no_leaks
    from glue_core.testing.sources import in_memory, installed

__all__ = [
    "JSON_API",
    "Client",
    "Counts",
    "Deployment",
    "Response",
    "assert_collection",
    "assert_compound",
    "assert_error",
    "assert_included",
    "assert_no_leaks",
    "assert_resource",
    "counted",
    "in_memory",
    "installed",
    "migrate",
]

# Where each name lives: the imports above once more, which only type checkers see. A test compares.
_HOMES = {
    "Client": "glue_core.testing.client",
    "Counts": "glue_core.testing.counting",
    "Deployment": "glue_core.deployment",
    "JSON_API": "glue_core.testing.client",
    "Response": "glue_core.testing.client",
    "assert_collection": "glue_core.testing.documents",
    "assert_compound": "glue_core.testing.documents",
    "assert_error": "glue_core.testing.documents",
    "assert_included": "glue_core.testing.documents",
    "assert_no_leaks": "glue_core.testing.leaks",
    "assert_resource": "glue_core.testing.documents",
    "counted": "glue_core.testing.counting",
    "in_memory": "glue_core.testing.sources",
    "installed": "glue_core.testing.sources",
    "migrate": "glue_core.migrating",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name; called only for one that was not asked for before."""
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(home), name)
        globals()[name] = value
        return value
