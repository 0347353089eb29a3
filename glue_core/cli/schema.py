"""``glue schema``: what a type consists of, and who brought which part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from glue_core.cli.routes import PLAIN, protection_of
from glue_core.cli.routes import rows as routes_of
from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json

if TYPE_CHECKING:
    from marshmallow import Schema, fields

    from glue_core.registry.order import Contribution, Said
    from glue_core.registry.registry import ApplicationRegistry
    from glue_core.resource import Resource
    from glue_core.security.lens import Lens

NOTHING = "-"
DEEPEST = 8
"""Levels of objects in objects: a schema may nest itself."""

POLICIES = "glue_authorization_policies"
Row = dict[str, Any]


@click.command()
@click.argument("type_", metavar="TYPE")
@click.option("--application", help="Show the type of this application alone.")
@click.option("--operation", metavar="NAME", help="Show the body of one operation: name or id.")
@click.option("--public", is_flag=True, help="Show what somebody without credentials may do.")
@click.option(
    "--grants",
    metavar="NAMES",
    help="Show what somebody with these grants may do: scopes, and kinds of callers behind '@', "
    "with commas.",
)
@click.option("--sources", is_flag=True, help="Show what each of those said who brought a part.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def schema(
    ctx: click.Context,
    type_: str,
    application: str | None,
    operation: str | None,
    public: bool,
    grants: str | None,
    sources: bool,
    as_json: bool,
) -> None:
    """Show what a type consists of, and who brought which part.

    It is what requests are held against: the declaration of TYPE with all changes, rules,
    relationships and policies of others. Where stores or versions have declarations of their own,
    each is shown.
    """
    if public and grants is not None:
        raise click.UsageError("--public and --grants do not go together.")
    held: frozenset[str] | None = None
    if public or grants is not None:
        held = frozenset(each.strip() for each in (grants or "").split(",") if each.strip())
    with ctx.ensure_object(Session).deployment(application) as deployment:
        registries = deployment.registry.applications.values()
        found = [each for registry in registries for each in types_of(registry, type_, held)]
        if not found:
            known = sorted({name for registry in registries for name in registry.types})
            raise click.ClickException(
                f"There is no type {type_!r}. There are: {', '.join(known) or 'none'}."
            )
        if operation is not None:
            names = sorted({one["name"] for each in found for one in each["operations"]})
            for each in found:
                each["operations"] = [
                    one for one in each["operations"] if operation in (one["id"], one["name"])
                ]
            found = [each for each in found if each["operations"]]
            if not found:
                raise click.ClickException(
                    f"No operation of {type_!r} is called {operation!r}. "
                    f"There are: {', '.join(names) or 'none'}."
                )
    if as_json:
        show_json({"types": found})
        return
    for number, each in enumerate(found):
        if number:
            click.echo()
        lines = _said(each) if sources else _merged(each, with_bodies=operation is not None)
        click.echo("\n".join(lines))


# What there is.


@dataclass(frozen=True, slots=True)
class _Access:
    """What somebody may do with a type.

    Attributes:
        lens: What they see; without grants everything.
        grants: What they hold, or None.
        policies: The policies of the application.
        type: The type.
    """

    lens: Lens | None
    grants: frozenset[str] | None
    policies: Sequence[Contribution]
    type: str

    def may(self, name: str, action: str, is_declared: bool) -> bool:
        """Say whether an attribute may be read or written."""
        if self.lens is None or not is_declared:
            return False
        return name in (self.lens.attributes if action == "read" else self.lens.writable)

    def denied_by(self, names: Iterable[str]) -> list[str]:
        """Return the ids of policies that keep a name, whichever it had, from who asks."""
        if self.grants is None:
            return []
        asked = [(name, action) for name in names for action in ("read", "write")]
        return [
            each.id
            for each in self.policies
            if any(each.value.decide(self.grants, self.type, *one) is False for one in asked)
        ]


def types_of(
    registry: ApplicationRegistry, type_: str, grants: frozenset[str] | None
) -> Iterator[Row]:
    """Yield what an application declares of a type, one row for each declaration of it.

    Args:
        registry: The application.
        type_: The type.
        grants: What somebody holds whose access is wanted; None for everybody's together.
    """
    routes = {each["id"]: each for each in routes_of(registry)}
    for resource, declared in registry.types.get(type_, ()):
        model = _model(registry, resource)
        lens = None
        if model is not None and type_ in model:
            whole = model if grants is not None else model.unrestricted()
            lens = whole.lens(type_, grants) if grants is not None else whole.lens(type_)
        policies = registry.contributed.get(POLICIES, ())
        access = _Access(lens, grants, policies, type_)
        # The rules of a body are told with its operation.
        about = [each for each in _about_type(declared) if each.attribute]
        known = {path for path, _, _ in _fields(resource.attributes)}
        operations = [each for each in registry.operations if each.value.resource is resource]
        yield {
            "application": registry.application.name,
            "type": type_,
            "declared_by": declared.source.id,
            "schema": _place(resource.attributes),
            "conventions": resource.conventions and list(resource.conventions),
            "stores": list(resource.stores),
            "versions": list(resource.versions),
            "attributes": list(_attributes(resource, declared, access, about)),
            "relationships": [
                {
                    "name": each.value.name,
                    "target": each.value.target,
                    "many": each.value.many,
                    "visible": lens is None or each.value.name in lens.relationships,
                    "by": each.source.id,
                }
                for each in registry.relationships
                if each.value.source == type_
            ],
            "operations": [_operation(each, routes[each.id]) for each in operations],
            "gone": [_as_json(each) for each in about if each.attribute not in known],
            "changed": [_as_json(each) for each in _about_type(declared) if not each.attribute],
            "changes": [
                {"id": each.id, "party": each.party}
                for each in {
                    change.id: change for one in (declared, *operations) for change in one.changes
                }.values()
            ],
            "policies": [{"id": each.id, "party": each.party} for each in policies],
        }


def _model(registry: ApplicationRegistry, resource: Resource) -> Any:
    """Return a model that shows a resource, or None where no convention does."""
    stores = registry.models_of_stores
    models = [registry.models, *(stores[each] for each in resource.stores if each in stores)]
    for by_convention in reversed(models):
        for convention in by_convention.values():
            if convention.resource_of(resource.type) is resource:
                return convention
    return None


def _attributes(
    resource: Resource, declared: Contribution, access: _Access, about: Sequence[Said]
) -> Iterator[Row]:
    for path, field, kind in _fields(resource.attributes):
        top = path.partition("/")[0]
        said = [each for each in about if each.attribute == path]
        names = (top, *resource.renamed.get(top, ()))
        restricted = sorted(
            {grant for name in names for grant in resource.restricted.get(name, ())}
        )
        brought = next((each for each in said if each.what in ("added", "replaced")), None)
        by = declared.source.id if brought is None else brought.by.id
        yield {
            "name": path,
            "field": _kind_of(field),
            "required": field.required,
            "nullable": field.allow_none,
            "readable": access.may(top, "read", not field.load_only),
            "writable": access.may(top, "write", not field.dump_only),
            "restricted_to": restricted,
            "denied_by": access.denied_by(names),
            "description": str(field.metadata.get("description", "")),
            "rules": [_text(each) for each in field.validators],
            "by": by,
            "declared_in": _place(_home(kind, field)),
            "changed": [_as_json(each) for each in said if each is not brought],
        }


def _fields(
    kind: type[Schema], above: str = "", depth: int = 0
) -> Iterator[tuple[str, fields.Field[Any], type[Schema]]]:
    """Yield each attribute by its way, those of objects in it after it, and the schema it is in."""
    from glue_core.deriving import nested_in

    for name, field in kind().fields.items():
        path = above + (field.data_key or name).replace("~", "~0").replace("/", "~1")
        yield path, field, kind
        nested = nested_in(kind._declared_fields.get(name, field))
        if nested is not None and depth < DEEPEST:
            yield from _fields(nested, f"{path}/", depth + 1)


def _home(kind: type[Schema], field: fields.Field[Any]) -> type:
    """Return the class that declares a field first: what was derived from it only changes it."""
    homes = (
        each
        for each in reversed(kind.__mro__)
        if field.name in getattr(each, "_declared_fields", {})
    )
    return next(homes, kind)


def _operation(contribution: Contribution, route: Row) -> Row:
    operation = contribution.value
    body = operation.body
    rules = [each for each in contribution.history if each.what in ("rule", "rule gone")]
    return {
        "id": contribution.id,
        "name": contribution.name,
        "methods": route["methods"],
        "path": route["path"],
        "protection": protection_of(route),
        "handler": contribution.place,
        "by": contribution.source.id,
        "partial": operation.is_partial,
        "filters": list(operation.filters),
        "sorts": list(operation.sorts),
        "errors": [f"{each.status} {each.code or NOTHING}" for each in operation.errors],
        "body": []
        if body is None
        else [
            {
                "name": path,
                "field": _kind_of(field),
                "required": field.required and not operation.is_partial,
                "rules": [
                    {"rule": _text(each), "by": _brought_by(each, path, rules, contribution)}
                    for each in field.validators
                ],
            }
            for path, field, _ in _fields(body)
            if not field.dump_only
        ],
        "changed": [_as_json(each) for each in _about_operation(contribution)],
    }


def _about_type(contribution: Contribution) -> Iterator[Said]:
    """Yield what changes say of the type that is declared."""
    from glue_core.changes import ResourceChange

    yield from (each for each in contribution.history if isinstance(each.by.value, ResourceChange))


def _about_operation(contribution: Contribution) -> Iterator[Said]:
    """Yield what changes say of an operation and its bodies, not what they say of the type."""
    from glue_core.changes import ResourceChange

    yield from (
        each for each in contribution.history if not isinstance(each.by.value, ResourceChange)
    )


def _brought_by(rule: object, path: str, said: Sequence[Said], declared: Contribution) -> str:
    from glue_core.deriving import same

    for each in said:
        if each.what == "rule" and each.attribute == path and same(each.value, rule):
            return each.by.id
    return declared.source.id


def _as_json(said: Said) -> Row:
    return {
        "attribute": said.attribute,
        "what": said.what,
        "value": _text(said.value),
        "by": said.by.id,
    }


# How it is told.


def _kind_of(field: fields.Field[Any]) -> str:
    """Return what kind of field it is, such as ``List(String)``."""
    from marshmallow import fields

    if isinstance(field, fields.List):
        return f"List({_kind_of(field.inner)})"
    if isinstance(field, fields.Nested):
        name = field.schema.__class__.__name__
        return f"List({name})" if field.many else name
    return type(field).__name__


def _place(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _text(value: Any) -> Any:
    """Return a value of a declaration as text, or as JSON has it."""
    from marshmallow import validate

    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, validate.Validator):
        held = {
            name: each
            for name, each in vars(value).items()
            if not (each is None or callable(each) or name.startswith(("_", "message", "error")))
            and not (each is True and name.endswith("_inclusive"))
        }
        parts = ", ".join(f"{name}={_plain(each)}" for name, each in sorted(held.items()))
        return f"{type(value).__name__}({parts})"
    if isinstance(value, Mapping):
        return {str(name): _text(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_text(each) for each in value]
    if callable(value):
        return f"{getattr(value, '__module__', '')}:{getattr(value, '__qualname__', value)}"
    return _plain(value)


def _plain(value: object) -> str:
    """Return a value in a form that is the same whenever it is printed."""
    pattern = getattr(value, "pattern", None)
    if pattern is not None:
        return repr(pattern)
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    return repr(value)


def _heading(found: Row) -> Iterator[str]:
    only = "".join(
        f", {word} {', '.join(found[key])}"
        for key, word in (("stores", "in the stores"), ("versions", "in the versions"))
        if found[key]
    )
    if found["conventions"] is not None:
        spoken = ", ".join(each or PLAIN for each in found["conventions"])
        only += f", in the conventions {spoken}"
    yield f"{found['type']} in {found['application']}{only}"
    yield indented(f"declared by {found['declared_by']}: {found['schema']}")


def _merged(found: Row, *, with_bodies: bool) -> Iterator[str]:
    """Yield what there is, all in one."""
    yield from _heading(found)
    for each in (*found["changed"], *found["gone"]):
        yield indented(_change(each))
    heading = ("ATTRIBUTE", "FIELD", "REQUIRED", "ACCESS", "RULES", "BROUGHT BY")
    table = [
        heading,
        *(
            (
                each["name"],
                each["field"],
                "yes" if each["required"] else "no",
                _access(each),
                "; ".join(map(str, each["rules"])) or NOTHING,
                ", ".join(dict.fromkeys((each["by"], *(one["by"] for one in each["changed"])))),
            )
            for each in found["attributes"]
        ),
    ]
    lines = aligned(table)
    yield ""
    yield lines[0]
    for line, each in zip(lines[1:], found["attributes"], strict=True):
        yield line
        yield from (indented(_change(one)) for one in each["changed"])
        if each["denied_by"]:
            yield indented(f"denied by {', '.join(each['denied_by'])}")
    if found["relationships"]:
        yield ""
        yield from aligned(
            [
                ("RELATIONSHIP", "TARGET", "LEADS TO", "BROUGHT BY"),
                *(
                    (
                        each["name"] + ("" if each["visible"] else " (hidden)"),
                        each["target"],
                        "many" if each["many"] else "one",
                        each["by"],
                    )
                    for each in found["relationships"]
                ),
            ]
        )
    for each in found["operations"]:
        yield ""
        yield f"{','.join(each['methods'])} {each['path']}  {each['protection']}  {each['id']}"
        yield from (indented(_change(one)) for one in each["changed"])
        for name in ("filters", "sorts", "errors"):
            if each[name]:
                yield indented(f"{name}: {', '.join(each[name])}")
        if with_bodies and each["body"]:
            yield from map(indented, _body(each))


def _body(operation: Row) -> list[str]:
    return aligned(
        [
            ("IN THE BODY", "FIELD", "REQUIRED", "RULES"),
            *(
                (
                    each["name"],
                    each["field"],
                    "yes" if each["required"] else "no",
                    "; ".join(f"{one['rule']} by {one['by']}" for one in each["rules"]) or NOTHING,
                )
                for each in operation["body"]
            ),
        ]
    )


def _access(attribute: Row) -> str:
    may = [word for word, key in (("read", "readable"), ("write", "writable")) if attribute[key]]
    restricted = attribute["restricted_to"]
    only = f" ({', '.join(restricted)})" if restricted else ""
    return (",".join(may) or "none") + only


def _change(said: Row) -> str:
    value = said["value"]
    told = "" if value is True else f" {value}" if value is not None else " null"
    about = f"{said['attribute']}: " if said["attribute"] else ""
    return f"{about}{said['what']}{told}  by {said['by']}"


def _said(found: Row) -> Iterator[str]:
    """Yield what there is, by who said it: the declaration first, then changes as they apply."""
    yield from _heading(found)
    own = [each for each in found["attributes"] if each["by"] == found["declared_by"]]
    for each in own:
        yield indented(f"{each['name']}: {each['field']}  in {each['declared_in']}", " " * 8)
    everything = [
        *found["changed"],
        *found["gone"],
        *(
            {"attribute": each["name"], "what": "added", "value": each["field"], "by": each["by"]}
            for each in found["attributes"]
            if each["by"] != found["declared_by"]
        ),
        *(one for each in found["attributes"] for one in each["changed"]),
        *(
            {**one, "what": f"{each['name']} {one['what']}"}
            for each in found["operations"]
            for one in each["changed"]
        ),
    ]
    for change in found["changes"]:
        yield indented(f"{change['id']}: {change['party']}")
        for each in everything:
            if each["by"] == change["id"]:
                yield indented(_change(each).rpartition("  by ")[0], " " * 8)
    for kind, brought in (
        ("operation", found["operations"]),
        ("relationship", found["relationships"]),
    ):
        for each in brought:
            if each["by"] != found["declared_by"]:
                yield indented(f"{each['by']}: {kind} {each['name']}")
    for policy in found["policies"]:
        yield indented(f"{policy['id']}: policy, {policy['party']}")
