"""The API application ``{{ cookiecutter.name }}``."""

from __future__ import annotations

from glue_core import RequestFlowAwareApiApplication, made_on_access
from {{ cookiecutter.__package }} import plugin

__all__ = ["{{ cookiecutter.__constant }}"]

{{ cookiecutter.__constant }} = RequestFlowAwareApiApplication(
    "{{ cookiecutter.name }}",
    # What its plugins may reach; "database" and "broker" are the others.
    services=("storage", "search"),
    hooks=plugin,
    description="The API application {{ cookiecutter.name }}.",
)

__getattr__ = made_on_access({{ cookiecutter.__constant }}, globals())
