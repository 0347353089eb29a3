"""Distributions that are made up: as many plugins as wanted, installed by a folder on the path.

Each is about what 'glue new resource' begins with: a resource with a schema and a controller, and
a step that has nothing to do for other resources.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.shop import GROUP

SCHEMAS = '''"""What a {name} shows."""

from marshmallow import Schema, fields


class Attributes(Schema):
    """Attributes of a {name}."""

    name = fields.String(required=True)
    rank = fields.Integer(strict=True)
    price = fields.Decimal(as_string=True)
    changed_at = fields.AwareDateTime(data_key="changedAt")
'''

CONTROLLER = '''"""Answers requests for a {name}."""

from glue_core import GlueRequest, GlueResource, GlueResponse


class Controller:
    """Answers requests."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one."""
        return GlueResponse.of(GlueResource("{name}", request.resource.id, {{"name": "{name}"}}))

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return none."""
        return GlueResponse()
'''

PLUGIN = '''"""Hook implementations of a {name}."""

from {package}.controller import Controller
from {package}.schemas import Attributes
from glue_core import Operation, PageRules, Resource, Step, hookimpl

RESOURCE = Resource("{name}", Attributes)


@hookimpl
def glue_resources():
    """Contribute the resource."""
    controller = Controller()
    page = PageRules(10, 100)
    return [
        Operation("get", controller.get, "{name}", RESOURCE),
        Operation("getCollection", controller.get_collection, "{name}", RESOURCE, page=page),
    ]


@hookimpl
def glue_request_validators():
    """Contribute a step for requests for a {name}."""
    return [Step("{name}", lambda operation: check if operation.type == "{name}" else None)]


def check(request):
    """Find nothing wrong."""
    return None
'''

METADATA = """Metadata-Version: 2.1
Name: {distribution}
Version: 0.1.0
Requires-Dist: glue-api-core>=0.1,<0.2
"""


def generate(folder: Path, count: int) -> tuple[str, ...]:
    """Write distributions into a folder.

    Args:
        folder: An empty folder, which is put on the path of Python.
        count: How many, from 0.

    Returns:
        The names of their entry points.
    """
    names = tuple(f"things{number:03}" for number in range(count))
    for name in names:
        package = f"benchmark_{name}"
        distribution = f"benchmark-{name}"
        place = folder / package
        place.mkdir(parents=True)
        (place / "__init__.py").write_text(f'"""Shows a {name}."""\n', encoding="utf-8")
        modules = {"schemas": SCHEMAS, "controller": CONTROLLER, "plugin": PLUGIN}
        for module, text in modules.items():
            code = text.format(name=name, package=package)
            (place / f"{module}.py").write_text(code, encoding="utf-8")
        described = folder / f"{package}-0.1.0.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(
            METADATA.format(distribution=distribution), encoding="utf-8"
        )
        (described / "entry_points.txt").write_text(
            f"[{GROUP}]\n{name} = {package}.plugin\n", encoding="utf-8"
        )
    return names
