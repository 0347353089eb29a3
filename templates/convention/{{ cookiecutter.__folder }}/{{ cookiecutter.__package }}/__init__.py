"""The convention ``{{ cookiecutter.name }}``."""

from __future__ import annotations

from {{ cookiecutter.__package }}.convention import {{ cookiecutter.__camel }}Convention

__all__ = [
    "{{ cookiecutter.__constant }}",
    "{{ cookiecutter.__camel }}Convention",
]

{{ cookiecutter.__constant }} = {{ cookiecutter.__camel }}Convention()
