"""Deriving: schemas made from others, with attributes and rules changed or added.

What is derived is a subclass, so that hooks, options and fields of its base keep their meaning, and
nobody who holds the base sees a change.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import marshmallow
from marshmallow import Schema, fields, validate

from glue_core.changes import UNCHANGED, AttributeChange, Rule
from glue_core.resource import SchemaClass

_Field = fields.Field[Any]


class Missing(LookupError):
    """An attribute that a change names and the schema does not have.

    Attributes:
        name: The part of the name that is missing.
        known: Names that there are.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = sorted(known)


def fields_of(kind: SchemaClass) -> dict[str, _Field]:
    """Return the fields of a schema by their own names; those that it excludes are not there."""
    return dict(kind().fields)


def _declared(kind: SchemaClass, name: str) -> _Field:
    """Return a field as it was declared: one that belongs to an instance cannot move to another."""
    return kind._declared_fields[name]


def names_of(kind: SchemaClass) -> dict[str, str]:
    """Return the names of a schema's fields by the names that clients know."""
    return {each.data_key or name: name for name, each in fields_of(kind).items()}


def parts_of(path: str) -> list[str]:
    """Return the names on the way to an attribute, unescaped as those of a JSON Pointer."""
    return [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")]


def same(one: object, other: object) -> bool:
    """Say whether two values mean the same: marshmallow's validators do not compare."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, validate.Validator):
        return same(vars(one), vars(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(each, beside) for each, beside in pairs)
    return bool(one == other)


def derived(
    kind: SchemaClass,
    changed: Mapping[str, object],
    *,
    added: SchemaClass | None = None,
    hidden: Iterable[str] = (),
) -> SchemaClass:
    """Make a subclass of a schema.

    Args:
        kind: The schema.
        changed: Members of the class: fields by their own names, and methods.
        added: A schema whose members come before those of ``kind``.
        hidden: Fields that the subclass does not have.
    """
    excluded = {*kind.opts.exclude, *hidden} - set(own_fields(added, kind) if added else ())
    # A name that is registered twice could no longer be nested by name.
    meta = {"register": False, "exclude": tuple(sorted(excluded))}
    members = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "Meta": type("Meta", (kind.Meta,), meta),
        **changed,
    }
    bases = (kind,) if added is None else (added, kind)
    make: Any = type(kind)
    return cast("SchemaClass", make(kind.__name__, bases, members))


def with_schema(kind: SchemaClass, added: SchemaClass) -> SchemaClass:
    """Add the members of a schema to another; where both have an attribute, the added one counts.

    Hooks and validators of the added schema run as well.
    """
    if issubclass(kind, added):
        return kind
    names = names_of(kind)
    new = own_fields(added, kind)
    replaced = {names.get(each.data_key or name) for name, each in new.items()} - {None, *new}
    return derived(kind, {}, added=added, hidden=cast("set[str]", replaced))


def own_fields(added: SchemaClass, kind: SchemaClass) -> dict[str, _Field]:
    """Return the fields that a schema brings, without those it shares with another."""
    held = kind._declared_fields
    return {
        name: each
        for name, each in added._declared_fields.items()
        if each is not None and held.get(name) is not each
    }


def with_attribute(kind: SchemaClass, path: str, change: AttributeChange) -> SchemaClass:
    """Change one attribute of a schema.

    Args:
        kind: The schema.
        path: Way to the attribute.
        change: What is different.

    Raises:
        Missing: There is no such attribute.
    """
    return _at(kind, parts_of(path), _name, lambda schema, name: _changed(schema, name, change))


def field_at(kind: SchemaClass, path: str) -> _Field | None:
    """Return the field that a path leads to; None where there is none.

    Args:
        kind: The schema.
        path: Way to the attribute.
    """
    first, *rest = parts_of(path)
    own = names_of(kind).get(first)
    if own is None:
        return None
    field = _declared(kind, own)
    if not rest:
        return field
    nested = nested_in(field)
    return None if nested is None else field_at(nested, "/".join(map(_escaped, rest)))


def nested_in(field: _Field) -> SchemaClass | None:
    """Return the schema of the objects that a field holds, or that are in its list, or None."""
    if isinstance(field, fields.List):
        return nested_in(field.inner)
    if not isinstance(field, fields.Nested):
        return None
    kind = field.nested
    if callable(kind) and not isinstance(kind, type):
        kind = kind()
    return kind if isinstance(kind, type) and issubclass(kind, Schema) else None


def rules_at(kind: SchemaClass, path: str) -> tuple[Rule, ...]:
    """Return the validators of an attribute, or of the whole where the path is empty."""
    if not path:
        held = (each for name, each in vars_of(kind).items() if name.startswith("_rule_"))
        return tuple(each.rule for each in held)
    field = field_at(kind, path)
    return () if field is None else tuple(field.validators)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def with_rules(
    kind: SchemaClass, path: str, rules: Iterable[Rule], *, replaces: bool, required: bool
) -> SchemaClass:
    """Add rules to one attribute, or to the whole where the path is empty.

    Args:
        kind: The schema.
        path: Way to the attribute.
        rules: Validators; those it has already are not added again.
        replaces: Whether those that it has go.
        required: Whether a body must have the attribute.

    Raises:
        Missing: There is no such attribute, or bodies may not set it.
    """
    if not path:
        return _ruled_as_a_whole(kind, rules)

    def change(schema: SchemaClass, name: str) -> SchemaClass:
        field = _copied(_declared(schema, name))
        if replaces:
            field.validators = []
        for rule in rules:
            if not any(same(rule, each) for each in field.validators):
                field.validators.append(rule)
        if required:
            _require(field)
        return derived(schema, {name: field})

    return _at(kind, parts_of(path), _writable_name, change)


def _ruled_as_a_whole(kind: SchemaClass, rules: Iterable[Rule]) -> SchemaClass:
    held = [each for name, each in vars_of(kind).items() if name.startswith("_rule_")]
    members: dict[str, object] = {}
    for rule in rules:
        if not any(getattr(each, "rule", None) is rule for each in held):
            members[f"_rule_{len(held) + len(members)}"] = _whole(rule)
    return derived(kind, members) if members else kind


def vars_of(kind: type) -> dict[str, Any]:
    """Return the members of a class and its bases."""
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        found.update(vars(each))
    return found


def _whole(rule: Rule) -> Callable[..., None]:
    def validate_whole(self: Schema, data: Any, **_: Any) -> None:
        rule(_as_clients_write(self, data))

    validate_whole.rule = rule  # type: ignore[attr-defined]
    return marshmallow.validates_schema(validate_whole)


def _as_clients_write(schema: Schema, data: Any) -> Any:
    """Return what was loaded by the names that clients know, those of nested objects included."""
    if not isinstance(data, Mapping):
        return data
    named: dict[str, Any] = {}
    for name, value in data.items():
        # Fields are found by where they put their value.
        field = next((e for own, e in schema.fields.items() if (e.attribute or own) == name), None)
        if field is None:
            named[name] = value
        else:
            named[field.data_key or field.name or name] = _inside(field, value)
    return named


def _inside(field: _Field, value: Any) -> Any:
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_inside(field.inner, each) for each in value]
    if isinstance(field, fields.Nested):
        if field.many and isinstance(value, list):
            return [_as_clients_write(field.schema, each) for each in value]
        return _as_clients_write(field.schema, value)
    return value


def _name(kind: SchemaClass, name: str) -> str | None:
    return names_of(kind).get(name)


def _writable_name(kind: SchemaClass, name: str) -> str | None:
    known = names_of(kind)
    own = known.get(name)
    return own if own is not None and not fields_of(kind)[own].dump_only else None


def _at(
    kind: SchemaClass,
    parts: list[str],
    names: Callable[[SchemaClass, str], str | None],
    change: Callable[[SchemaClass, str], SchemaClass],
) -> SchemaClass:
    """Change a schema, or one that it nests, where a path leads."""
    first, *rest = parts
    own = names(kind, first)
    if own is None:
        known = names_of(kind)
        raise Missing(first, [each for each in known if names(kind, each) is not None])
    if not rest:
        return change(kind, own)
    field = _declared(kind, own)
    inner = _with_nested(field, lambda nested: _at(nested, rest, names, change))
    if inner is None:
        raise Missing("/".join(rest), ())
    return derived(kind, {own: inner})


def _with_nested(field: _Field, change: Callable[[SchemaClass], SchemaClass]) -> _Field | None:
    """Copy a field of objects with its schema changed; None for other fields."""
    if isinstance(field, fields.List):
        inner = _with_nested(field.inner, change)
        if inner is None:
            return None
        held: Any = _copied(field)
        held.inner = inner
        return cast("_Field", held)
    kind = nested_in(field)
    if kind is None:
        return None
    copied: Any = _copied(field)
    copied.nested = change(kind)
    copied._schema = None
    return cast("_Field", copied)


def _copied(field: _Field) -> _Field:
    """Copy a field, so that what it holds can be changed."""
    copied = copy.copy(field)
    copied.validators = list(field.validators)
    return copied


def _require(field: _Field) -> None:
    field.required = True
    field.load_default = marshmallow.missing


def _changed(kind: SchemaClass, name: str, change: AttributeChange) -> SchemaClass:
    if change.hidden:
        return derived(kind, {}, hidden=[name])
    field = _copied(_declared(kind, name))
    if change.rename is not UNCHANGED:
        field.data_key = change.rename
    if change.readable is not UNCHANGED:
        field.load_only = not change.readable
    if change.writable is not UNCHANGED:
        field.dump_only = not change.writable
    if change.required is not UNCHANGED:
        field.required = change.required
        if change.required:
            _require(field)
    if change.default is not UNCHANGED:
        field.load_default = change.default
        field.required = False
        if change.default is None:
            field.allow_none = True
    if change.nullable is not UNCHANGED:
        field.allow_none = change.nullable
    if change.description is not UNCHANGED:
        field.metadata = {**field.metadata, "description": change.description}
    return derived(kind, {name: field})
