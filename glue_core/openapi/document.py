"""The document: paths, methods and shared parts of one application, as OpenAPI 3.1 has them.

What several conventions, versions and stores answer at one place with one method is one operation
there: its bodies and answers are told apart by their media types.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from glue_core.formatting import STATUS_LINES
from glue_core.negotiation import media_type_of
from glue_core.openapi.describing import DEFAULT, NO_BODY, Described, describe
from glue_core.openapi.fragment import JsonSchema, RequestParameter, any_of, text_schema
from glue_core.openapi.naming import camel, pascal, placeholders, texts_of, with_placeholders
from glue_core.openapi.schemas import VERSION
from glue_core.openapi.security import (
    Scheme,
    below,
    requirements_of,
    scheme_objects,
    schemes_of,
)
from glue_core.openapi.view import SCHEMAS, Grants, View
from glue_core.openapi.walk import METHODS, Found, Matchers, Variant, Wanted, found_in
from glue_core.operation import Tag
from glue_core.versions import PARAMETER

if TYPE_CHECKING:
    from glue_core.messages import GlueVersion
    from glue_core.operation import ErrorCode, Operation
    from glue_core.registry.order import Contribution
    from glue_core.registry.registry import ApplicationRegistry
    from glue_core.settings import Settings

CONVERTERS: Mapping[str, JsonSchema] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
    "dt": {"type": "string", "format": "date-time"},
}
"""What the converters of templates take; others take any text."""

ERROR_CODES = "x-error-codes"
"""Member of an answer with the codes of its errors, and their words."""

STORES, VERSIONS = "x-stores", "x-versions"
"""Members of an operation that differs by store, or has versions."""

BROUGHT_BY = "x-brought-by"
"""Member of an operation with the ids of the plugins that declare and change it."""


@dataclass(slots=True)
class _Place:
    """One path of the document.

    Attributes:
        path: The path with the names of its parameters.
        parameters: The path parameters.
        operations: What is described there, by method.
    """

    path: str
    parameters: list[dict[str, Any]]
    operations: dict[str, list[_Part]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """One variant of an operation, described."""

    found: Found
    variant: Variant
    described: Described

    @property
    def operation(self) -> Operation:
        return self.variant.flow.operation


def make_document(
    registry: ApplicationRegistry,
    matchers: Matchers,
    settings: Settings,
    grants: Grants = None,
    *,
    conventions: Collection[str | None] | None = None,
    wanted: Wanted | None = None,
    with_plugins: bool = False,
) -> dict[str, Any]:
    """Make the OpenAPI document of an application, ready for JSON.

    Args:
        registry: The application with all that plugins add.
        matchers: Its compiled operations, by convention.
        settings: The settings of the deployment.
        grants: What the caller holds for whom it is; None for a document of everything.
        conventions: Names of the conventions it is about; None for all.
        wanted: Says which templates and methods it is about; None for all.
        with_plugins: Whether operations name the plugins that bring them; no client needs that.

    Returns:
        The document. The same declarations give the same bytes on every machine.
    """
    view = View(settings, grants)
    schemes = schemes_of(registry.access)
    spoken = [each for each in matchers if conventions is None or each in conventions]
    spoken.sort(key=lambda each: _rank(each, registry))
    places = _places(found_in(matchers, spoken, wanted), view, settings, registry)
    used: dict[str, set[str]] = {}
    names = _OperationIds()
    brought = {each.id: each for each in registry.operations}
    paths = {}
    tags: dict[str, str] = {}
    for place in sorted(places, key=lambda each: each.path):
        item: dict[str, Any] = {}
        if place.parameters:
            item["parameters"] = place.parameters
        for method in METHODS:
            parts = place.operations.get(method)
            if parts:
                shown = _operation(parts, names, schemes, used, view)
                if with_plugins:
                    shown[BROUGHT_BY] = _plugins(parts, brought)
                item[method] = shown
                tag = _tag(parts[0].operation)
                tags[tag.name] = tags.get(tag.name) or tag.description
        paths[place.path] = item
    shared = _hoisted(paths)
    components: dict[str, Any] = {
        "schemas": _used_schemas(view.schemas, (paths, shared)),
        **shared,
    }
    servers = _servers(registry, settings)
    security = scheme_objects(schemes, used, servers[0]["url"])
    if security:
        components["securitySchemes"] = security
    return {
        "openapi": VERSION,
        "info": _info(registry, settings),
        "servers": servers,
        "tags": [
            {"name": name, **({"description": text} if text else {})}
            for name, text in sorted(tags.items())
        ],
        "paths": paths,
        "components": {name: each for name, each in sorted(components.items()) if each},
    }


def _rank(name: str | None, registry: ApplicationRegistry) -> tuple[bool, int, str]:
    """Return what conventions are sorted by: those that win are first, and plain answers last.

    Generators of clients take the first media type that they can read.
    """
    if name is None:
        return True, 0, ""
    return False, -registry.conventions[name].priority, name


def at(document: dict[str, Any], address: str) -> dict[str, Any]:
    """Return a document of an application whose settings name no address, for one where it is.

    Args:
        document: The document, which stays as it is.
        address: The address.
    """
    found = {**document, "servers": [{"url": address}]}
    schemes = document["components"].get("securitySchemes")
    if schemes:
        flows = {
            name: {**each, "flows": _moved(each["flows"], address)}
            for name, each in schemes.items()
            if "flows" in each
        }
        found["components"] = {**document["components"], "securitySchemes": {**schemes, **flows}}
    return found


def _moved(flows: Mapping[str, Mapping[str, Any]], address: str) -> dict[str, Any]:
    return {
        name: {
            key: below(address, value) if isinstance(value, str) else value
            for key, value in flow.items()
        }
        for name, flow in flows.items()
    }


def _info(registry: ApplicationRegistry, settings: Settings) -> dict[str, Any]:
    application = registry.application
    table = settings.application(application.name)["documentation"]
    words = application.name.replace("_", " ").title().replace("Api", "API")
    info: dict[str, Any] = {
        "title": table["title"] or words,
        "version": table["version"] or registry.source.version,
    }
    description = table["description"] or application.description
    if description:
        info["description"] = description
    contact = {
        name: table[f"contact_{name}"]
        for name in ("name", "url", "email")
        if table[f"contact_{name}"]
    }
    if contact:
        info["contact"] = contact
    if table["license"]:
        info["license"] = _license(table["license"], table["license_url"])
    return info


def _license(name: str, url: str) -> dict[str, str]:
    """Return the license, with its address or, where its name is one of SPDX, its identifier."""
    if url:
        return {"name": name, "url": url}
    try:
        return {"name": name, "identifier": canonicalize_license_expression(name)}
    except InvalidLicenseExpression:
        return {"name": name}


def _servers(registry: ApplicationRegistry, settings: Settings) -> list[dict[str, str]]:
    table = settings.application(registry.application.name)
    urls = table["documentation"]["servers"] or [table["base_url"] or "/"]
    return [{"url": each} for each in urls]


def _places(
    everything: Iterable[Found], view: View, settings: Settings, registry: ApplicationRegistry
) -> list[_Place]:
    """Describe everything, and put together what has one path."""
    table = settings.application(registry.application.name)
    in_path, default = table["versions_in_path"], table["convention"]
    readers = _readers(registry)
    places: dict[str, _Place] = {}
    routes: set[tuple[str, str, str | None]] = set()
    for found in everything:
        key = with_placeholders(found.template, [""] * len(placeholders(found.template)))
        taken = (key, found.method, found.convention)
        if taken in routes:
            # A custom route wins over a resource of the same path.
            continue
        routes.add(taken)
        parts = []
        for each in found.variants:
            if view.may_call(each.flow.operation):
                with view.variant(each.label):
                    described = describe(each.flow, view)
                    if found.convention != default:
                        described = _read_here(described, found.convention, readers)
                    parts.append(_Part(found, each, _named(described, each)))
        if not parts:
            continue
        _put(places, key, "", found, parts)
        for version in _versions(parts) if in_path else ():
            own = [
                replace(each, described=describe(each.variant.flow, view))
                for each in parts
                if each.variant.version == version
            ]
            prefix = f"/v{version.major}.{version.minor}"
            _put(places, prefix + key, prefix, found, own)
    return list(places.values())


def _readers(registry: ApplicationRegistry) -> dict[str, set[str | None]]:
    """Return the conventions that each media type of a body selects."""
    found: dict[str, set[str | None]] = {}
    for name, convention in registry.conventions.items():
        for media_type in convention.media_types:
            found.setdefault(media_type.lower(), set()).add(name)
    return found


def _read_here(
    described: Described, convention: str | None, readers: Mapping[str, set[str | None]]
) -> Described:
    """Leave out the bodies that select another convention, which describes them itself.

    An operation that reads its body itself names every media type that it takes, whatever
    convention its answer is written in. Bodies of no convention stay, and so they do all for the
    default one, which takes what nobody else does.
    """
    body = {
        media_type: schema
        for media_type, schema in described.body.items()
        if convention in readers.get(media_type_of(media_type), {convention})
    }
    return replace(described, body=body)


def _versions(parts: Iterable[_Part]) -> list[GlueVersion]:
    """Return the versions that are described, the newest first."""
    found = {each.variant.version for each in parts if each.variant.version is not None}
    return sorted(found, reverse=True)


def _put(
    places: dict[str, _Place], key: str, prefix: str, found: Found, parts: list[_Part]
) -> None:
    place = places.get(key)
    if place is None:
        path, parameters = _path(found, parts[0].operation)
        place = places[key] = _Place(prefix + path, parameters)
    place.operations.setdefault(found.method, []).extend(parts)


def _named(described: Described, variant: Variant) -> Described:
    """Spell the version of a variant in its media types, where there is one."""
    version = variant.version
    if version is None:
        return described

    def spelled(content: Mapping[str, JsonSchema]) -> dict[str, JsonSchema]:
        end = f"; {PARAMETER}={version.major}.{version.minor}"
        return {media_type + end: schema for media_type, schema in content.items()}

    return replace(
        described,
        body=spelled(described.body),
        answers={
            status: spelled(content) if DEFAULT < status < 400 else content
            for status, content in described.answers.items()
        },
    )


def _path(found: Found, operation: Operation) -> tuple[str, list[dict[str, Any]]]:
    """Return a path with the names that the document has for its parameters, and these."""
    given = placeholders(found.template)
    names, parameters = [], []
    types = operation.types if not found.is_route else ()
    for index, (declared, converter) in enumerate(given):
        type_ = types[index] if index < len(types) else None
        name = declared if type_ is None else f"{camel(type_)}Id"
        while name in names:
            name += "2"
        names.append(name)
        schema = dict(CONVERTERS.get(converter, {"type": "string", "minLength": 1}))
        pattern = None if type_ is None else _id_pattern(operation, type_)
        if pattern is not None:
            schema["pattern"] = pattern
        text = f"Value of {declared!r}." if type_ is None else f"Id of one of {type_!r}."
        parameters.append(
            {"name": name, "in": "path", "required": True, "description": text, "schema": schema}
        )
    return with_placeholders(found.template, names), parameters


def _id_pattern(operation: Operation, type_: str) -> str | None:
    """Return what ids of a type look like, if it says so."""
    resource = operation.model.resource_of(type_) if operation.model is not None else None
    return None if resource is None else resource.id_pattern


class _OperationIds:
    """Gives each operation an id of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, part: _Part, path: str) -> str:
        """Return the id of an operation, made of its method and its place."""
        operation = part.operation
        words = [part.found.method]
        if part.found.is_route:
            names = [name for name, _ in placeholders(path)]
            words += with_placeholders(path, names).split("/")
        else:
            words += operation.place.split("/")
        if operation.method == "getCollection":
            words.append("collection")
        name = camel("-".join(words))
        number, found = 1, name
        while found in self._taken:
            number += 1
            found = f"{name}{number}"
        self._taken.add(found)
        return found


def _operation(
    parts: list[_Part],
    names: _OperationIds,
    schemes: tuple[Scheme, ...],
    used: dict[str, set[str]],
    view: View,
) -> dict[str, Any]:
    """Return the operation object of what is described at one place for one method."""
    first = parts[0]
    operation = first.operation
    summary, text = _texts(operation)
    shown: dict[str, Any] = {
        "operationId": names.of(first, first.found.template),
        "tags": [_tag(operation).name],
    }
    if summary:
        shown["summary"] = summary
    if text:
        shown["description"] = text
    if all(each.operation.deprecated for each in parts):
        shown["deprecated"] = True
    parameters = _parameters(parts, view)
    if parameters:
        shown["parameters"] = parameters
    body = _merged(each.described.body for each in parts)
    if body:
        # A body is required where every convention asks for one.
        required = all(each.described.body_required for each in parts if each.described.body)
        shown["requestBody"] = {"required": required, "content": _content(body)}
    shown["responses"] = _responses(parts)
    security: list[dict[str, list[str]]] = []
    is_open = False
    for each in parts:
        found = requirements_of(each.operation, schemes)
        is_open = is_open or not found
        security += [requirement for requirement in found if requirement not in security]
    for requirement in security:
        for name, scopes in requirement.items():
            used.setdefault(name, set()).update(scopes)
    shown["security"] = [*([{}] if is_open and security else []), *security]
    stores = sorted({store for each in parts for store in each.variant.stores})
    if stores:
        shown[STORES] = stores
    versions = _versions(parts)
    if versions:
        shown[VERSIONS] = [f"{each.major}.{each.minor}" for each in versions]
    return shown


def _plugins(parts: list[_Part], brought: Mapping[str, Contribution]) -> list[str]:
    """Return the ids of the plugins that declare what is described, and of those that change it."""
    found: set[str] = set()
    for part in parts:
        for traced in part.variant.flow.trace:
            each = brought.get(traced.id)
            if traced.stage == "controller" and each is not None:
                found |= {each.source.id, *(change.source.id for change in each.changes)}
    return sorted(found)


def _texts(operation: Operation) -> tuple[str, str]:
    """Return the line and the paragraphs that say what an operation does."""
    summary, text = texts_of(getattr(operation.handler, "__doc__", None))
    if operation.summary:
        return operation.summary, ""
    return summary, text


def _tag(operation: Operation) -> Tag:
    """Return what an operation is listed under: its own, its type, or where its path starts."""
    if operation.tag is not None:
        return operation.tag
    if operation.relationship is not None:
        source = operation.relationship.source
        parent = operation.parent.resource if operation.parent is not None else None
        return Tag(source, parent.description if parent is not None else "")
    if operation.resource is not None:
        return Tag(operation.resource.type, operation.resource.description)
    words = [each for each in operation.path.split("/") if each and "{" not in each]
    return Tag(words[0] if words else "/")


def _parameters(parts: list[_Part], view: View) -> list[dict[str, Any]]:
    by_name: dict[tuple[str, str], list[RequestParameter]] = {}
    for part in parts:
        for key, each in part.described.parameters.items():
            by_name.setdefault(key, []).append(each)
    shown = []
    for (place, name), found in sorted(by_name.items(), key=lambda each: each[0]):
        parameter: dict[str, Any] = {"name": name, "in": place}
        required = len(found) == len(parts) and all(each.required for each in found)
        if required:
            parameter["required"] = True
        if found[0].description:
            parameter["description"] = found[0].description
        schema = _values([each.schema for each in found])
        if name.endswith("[]"):
            # A family of parameters: page[], for every page[...].
            parameter.update(name=name[:-2], style="deepObject", explode=True)
            schema = {"type": "object", "additionalProperties": {"type": "string"}}
        elif schema.get("type") == "array":
            parameter.update(style="form" if place == "query" else "simple", explode=False)
        parameter["schema"] = _with_shared_choices(schema, name, parts[0].operation, view)
        shown.append(parameter)
    return shown


def _with_shared_choices(
    schema: JsonSchema, parameter: str, operation: Operation, view: View
) -> JsonSchema:
    """Return the schema of a parameter with its choices among the shared ones.

    Operations that let clients choose from the same then have one type for it in generated code.
    """
    family, _, member = parameter.partition("[")
    if "items" in schema:
        start = pascal(operation.type or operation.place)
        if operation.is_linkage and operation.relationship is not None:
            start += pascal(operation.relationship.name)
        name = pascal(member) + "Field" if family == "fields" and member else start + pascal(family)
        items = schema["items"]
        if "anyOf" in items:
            found = [_shared_choice(each, name, view) for each in items["anyOf"]]
            return {**schema, "items": {**items, "anyOf": found}}
        return {**schema, "items": _shared_choice(items, name, view)}
    return _shared_choice(schema, pascal(parameter), view)


def _shared_choice(schema: JsonSchema, name: str, view: View) -> JsonSchema:
    if "enum" not in schema:
        return schema
    return view.share(name, json.dumps(schema, sort_keys=True), lambda: schema)


def _values(schemas: list[JsonSchema]) -> JsonSchema:
    """Return the schema of values that any of several takes; lists of names are put together."""
    first = schemas[0]
    if all(each == first for each in schemas):
        return first
    items = [each["items"] for each in schemas if "items" in each]
    if len(items) < len(schemas):
        return any_of(schemas)
    # Lists with commas: a name that one of them takes is taken; an empty list as well.
    parts = any_of(items)
    found: JsonSchema = {
        "type": "array",
        "items": _names(parts.get("anyOf", [parts])),
    }
    least = min(each.get("minItems", 0) for each in schemas)
    return {**found, "minItems": least} if least else found


def _names(schemas: list[JsonSchema]) -> JsonSchema:
    """Return the schema of names that any of several takes, those that are listed together."""
    lists = [each for each in schemas if "enum" in each]
    if len(lists) > 1:
        names = sorted({name for each in lists for name in each["enum"]})
        lists = [{"type": "string", "enum": names}]
    return any_of([*lists, *(each for each in schemas if "enum" not in each)])


def _merged(contents: Iterable[Mapping[str, JsonSchema]]) -> dict[str, JsonSchema]:
    """Put documents of one media type together."""
    found: dict[str, list[JsonSchema]] = {}
    for content in contents:
        for media_type, schema in content.items():
            found.setdefault(media_type, []).append(schema)
    return {media_type: any_of(schemas) for media_type, schemas in found.items()}


def _content(schemas: Mapping[str, JsonSchema]) -> dict[str, Any]:
    shown = {}
    for media_type, schema in schemas.items():
        # What is a text is known even where nobody says what is in it.
        known = schema or (text_schema() if media_type.startswith("text/") else {})
        shown[media_type] = {"schema": known} if known else {}
    return shown


def _responses(parts: list[_Part]) -> dict[str, Any]:
    statuses = sorted({status for each in parts for status in each.described.answers})
    statuses.sort(key=lambda status: (status == DEFAULT, status))
    return {
        "default" if status == DEFAULT else str(status): _response(status, parts)
        for status in statuses
    }


def _response(status: int, parts: list[_Part]) -> dict[str, Any]:
    having = [each.described for each in parts if status in each.described.answers]
    errors: dict[str, str] = {}
    lines: list[str] = []
    for each in having:
        for error in each.errors.get(status, ()):
            line = _error_line(error)
            if line not in lines:
                lines.append(line)
            if error.code is not None:
                errors.setdefault(error.code, error.message)
    notes = [each.notes[status] for each in having if status in each.notes]
    text = "\n".join(lines) or (notes[0] if notes else _phrase(status))
    shown: dict[str, Any] = {"description": text}
    headers: dict[str, Any] = {}
    for each in having:
        for name, header in each.headers.get(status, {}).items():
            headers[name] = {"description": header.description, "schema": header.schema}
    if headers:
        shown["headers"] = dict(sorted(headers.items()))
    content = _merged(each.answers[status] for each in having)
    if content and status not in NO_BODY:
        shown["content"] = _content(content)
    if errors:
        shown[ERROR_CODES] = dict(sorted(errors.items()))
    return shown


def _error_line(error: ErrorCode) -> str:
    return error.message if error.code is None else f"`{error.code}` {error.message}"


def _phrase(status: int) -> str:
    line = STATUS_LINES.get(status)
    return line[4:] if line is not None else HTTPStatus(status).phrase


def _hoisted(paths: dict[str, Any]) -> dict[str, Any]:
    """Share the parameters and answers that several operations have alike.

    Returns:
        The shared ones; where they were there is a reference now.
    """
    operations = [item[method] for item in paths.values() for method in METHODS if method in item]
    parameters = _Shared("parameters")
    responses = _Shared("responses")
    for operation in operations:
        for each in operation.get("parameters", ()):
            parameters.count(_parameter_name(each), each)
        for status, each in operation["responses"].items():
            responses.count(_response_name(status), each)
    for operation in operations:
        if "parameters" in operation:
            operation["parameters"] = [
                parameters.shown(_parameter_name(each), each) for each in operation["parameters"]
            ]
        operation["responses"] = {
            status: responses.shown(_response_name(status), each)
            for status, each in operation["responses"].items()
        }
    return {"parameters": parameters.found(), "responses": responses.found()}


def _parameter_name(parameter: Mapping[str, Any]) -> str:
    place = "" if parameter["in"] == "query" else parameter["in"].title()
    return pascal(parameter["name"]) + place


def _response_name(status: str) -> str:
    return "OtherError" if status == "default" else pascal(_phrase(int(status)))


class _Shared:
    """Parts that are there more than once."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._times: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._values: dict[str, Any] = {}

    def count(self, name: str, value: Any) -> None:
        """Note one that is there."""
        key = (name, json.dumps(value, sort_keys=True))
        self._times[key] = self._times.get(key, 0) + 1

    def shown(self, name: str, value: Any) -> Any:
        """Return a reference to one that is there several times, else itself."""
        key = (name, json.dumps(value, sort_keys=True))
        if self._times[key] < 2:
            return value
        if key not in self._names:
            number, found = 1, name
            while found in self._values:
                number += 1
                found = f"{name}{number}"
            self._names[key] = found
            self._values[found] = value
        return {"$ref": f"#/components/{self._room}/{self._names[key]}"}

    def found(self) -> dict[str, Any]:
        """Return those that are shared."""
        return dict(sorted(self._values.items()))


def _used_schemas(schemas: Mapping[str, JsonSchema], users: Any) -> dict[str, JsonSchema]:
    """Return the schemas that something refers to, by name; an answer may have lost its body."""
    found: set[str] = set()
    waiting: list[Any] = [*users]
    while waiting:
        for reference in references(waiting.pop()):
            name = reference.removeprefix(SCHEMAS)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return {name: schemas[name] for name in sorted(found)}


def references(document: Any) -> Iterator[str]:
    """Yield every reference in a document."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                yield each["$ref"]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def resolved(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose operations name no shared parts, but have them.

    These are parameters with their choices, and answers. Schemas of bodies stay where they are.
    """
    shared = document["components"]

    def whole(each: dict[str, Any]) -> Any:
        reference = each.get("$ref")
        if reference is None:
            return each
        room, name = reference.split("/")[-2:]
        return shared[room][name]

    def parameter(each: dict[str, Any]) -> dict[str, Any]:
        found = whole(each)
        schema = whole(found["schema"])
        if "items" in schema:
            items = whole(schema["items"])
            if "anyOf" in items:
                items = {**items, "anyOf": [whole(one) for one in items["anyOf"]]}
            schema = {**schema, "items": items}
        return {**found, "schema": schema}

    paths = {}
    for path, item in document["paths"].items():
        shown = dict(item)
        for method in METHODS:
            if method in item:
                answers = item[method]["responses"]
                shown[method] = {
                    **item[method],
                    "parameters": [parameter(each) for each in item[method].get("parameters", ())],
                    "responses": {status: whole(each) for status, each in answers.items()},
                }
        paths[path] = shown
    return {**document, "paths": paths}


__all__ = [
    "BROUGHT_BY",
    "ERROR_CODES",
    "STORES",
    "VERSIONS",
    "make_document",
    "references",
    "resolved",
]
