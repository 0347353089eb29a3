"""What the application itself contributes; other plugins join it with entry points of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import SimpleResource, hookimpl
from {{ cookiecutter.__package }}.greetings import Greetings


@hookimpl
def glue_resources() -> Sequence[SimpleResource]:
    """Contribute ``/greetings`` and ``/greetings/{id}``."""
    return [Greetings()]
