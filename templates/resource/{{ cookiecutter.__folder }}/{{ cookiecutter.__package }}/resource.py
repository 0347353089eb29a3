"""The type ``{{ cookiecutter.type }}``, and the error that it answers with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from {{ cookiecutter.__package }}.schemas import {{ cookiecutter.__camel }}Attributes

{{ cookiecutter.__constant }} = Resource(
    "{{ cookiecutter.type }}",
    {{ cookiecutter.__camel }}Attributes,
    description="One of the {{ cookiecutter.__text }}.",
)

NOT_FOUND = ErrorCode(
    404,
    "{{ cookiecutter.type }}-not-found",
    "There is none of the {{ cookiecutter.__text }} with this id.",
)
