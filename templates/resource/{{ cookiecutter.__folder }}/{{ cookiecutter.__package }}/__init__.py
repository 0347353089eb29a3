"""The resource ``{{ cookiecutter.type }}`` of the application ``{{ cookiecutter.application }}``."""

from __future__ import annotations

from {{ cookiecutter.__package }}.resource import {{ cookiecutter.__constant }}

__all__ = ["{{ cookiecutter.__constant }}"]
