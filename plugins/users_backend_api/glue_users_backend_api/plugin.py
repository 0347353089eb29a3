"""What the plugin contributes: the type ``users``, which has no place of its own."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import Resource, hookimpl
from glue_users_backend_api.resource import USERS


@hookimpl
def glue_resources() -> Sequence[Resource]:
    """Contribute the type ``users``, for relationships that lead to it."""
    return [USERS]
