"""What the plugin contributes: the place ``/{{ cookiecutter.type }}``."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import Operation, PageRules, Services, hookimpl
from {{ cookiecutter.__package }}.controller import {{ cookiecutter.__camel }}Controller
from {{ cookiecutter.__package }}.processor import {{ cookiecutter.__camel }}Reader
from {{ cookiecutter.__package }}.resource import {{ cookiecutter.__constant }}, NOT_FOUND


@hookimpl
def glue_resources(services: Services) -> Sequence[Operation]:
    """Contribute the collection and the single resource, both to be read."""
    reader = {{ cookiecutter.__camel }}Reader(services.storage)
    controller = {{ cookiecutter.__camel }}Controller(reader)
    return [
        Operation(
            "getCollection",
            controller.get_collection,
            "{{ cookiecutter.type }}",
            {{ cookiecutter.__constant }},
            page=PageRules(default=10, maximum=100),
        ),
        Operation(
            "get",
            controller.get,
            "{{ cookiecutter.type }}",
            {{ cookiecutter.__constant }},
            errors=(NOT_FOUND,),
        ),
    ]
