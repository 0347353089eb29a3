"""What the query families that conventions share are, for the documentation.

Each function here describes the step of the same name in `glue_core.building` and
`glue_core.including`, for the operation that it is bound to, and ``ignore_unknown`` says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from glue_core import building, codes
from glue_core.openapi.fragment import Fragment, JsonSchema, RequestParameter, any_of
from glue_core.operation import ErrorCode

if TYPE_CHECKING:
    from glue_core.openapi.fragment import Describe
    from glue_core.openapi.view import View
    from glue_core.operation import Operation, PageRules

MOST_NAMES = 60
"""Paths of ``include`` that are listed; deeper ones are given by their form."""

WRONG = ErrorCode(400, codes.INVALID_PARAMETER, "A query parameter is wrong.")
WRONG_FILTER = ErrorCode(400, codes.INVALID_FILTER, building.FILTER_SHAPE)
TOO_MUCH = ErrorCode(400, codes.INCLUDE_TOO_LARGE, "It asks to include too much.")


def words(names: Sequence[str], *, ignore_unknown: bool = False) -> JsonSchema:
    """Return the schema of a list with commas of these names.

    Args:
        names: The names.
        ignore_unknown: Whether other names are left out instead of refused: then a list that has
            some is valid, too.
    """
    return {"type": "array", "items": word(names, ignore_unknown=ignore_unknown)}


def word(names: Sequence[str], *, ignore_unknown: bool = False) -> JsonSchema:
    """Return the schema of one of these names; ``ignore_unknown`` as `words`."""
    known: JsonSchema = {"type": "string", "enum": list(names)}
    return {"anyOf": [known, {"type": "string"}]} if ignore_unknown else known


def describe_sort(operation: Operation, view: View, *, ignore_unknown: bool = False) -> Fragment:
    """Describe ``sort``: each attribute, in both directions.

    Args:
        operation: The operation.
        view: For whom it is.
        ignore_unknown: What `glue_core.read_sort` was told.
    """
    lens = view.lens(operation)
    names = lens.sorts(operation) if lens is not None else ()
    if not names:
        return Fragment()
    both = [spelled for name in names for spelled in (name, f"-{name}")]
    schema = words(both, ignore_unknown=ignore_unknown)
    if not ignore_unknown:
        # An empty text is a name that it cannot be sorted by.
        schema["minItems"] = 1
    sort = RequestParameter("sort", building.SORT[0].description, schema)
    return Fragment((sort,), errors=() if ignore_unknown else (WRONG,))


def describe_filters(operation: Operation, view: View, *, ignore_unknown: bool = False) -> Fragment:
    """Describe ``filter[type.attribute]``, a parameter for each attribute."""
    lens = view.lens(operation)
    if lens is None:
        return Fragment()
    parameters = tuple(
        RequestParameter(
            f"filter[{operation.type}.{name}]",
            f"Shows those alone whose {name!r} is this.",
            _comparable(view.property_of(operation, name)),
        )
        for name in lens.filters(operation)
    )
    if not parameters:
        return Fragment()
    return Fragment(parameters, errors=(WRONG_FILTER,) if ignore_unknown else (WRONG, WRONG_FILTER))


def _comparable(schema: JsonSchema) -> JsonSchema:
    """Return what a value is that is compared with an attribute: what its text can be."""
    kinds = schema.get("type", "string")
    scalar = [
        each
        for each in (kinds if isinstance(kinds, list) else [kinds])
        if each in ("integer", "number", "boolean")
    ]
    found: JsonSchema = {"type": scalar[0] if scalar else "string"}
    if "enum" in schema:
        found["enum"] = [each for each in schema["enum"] if each is not None]
    return found


def describe_fields(operation: Operation, view: View, *, ignore_unknown: bool = False) -> Fragment:
    """Describe ``fields[type]``, a parameter for each type that an answer may show.

    Args:
        operation: The operation.
        view: For whom it is.
        ignore_unknown: What `glue_core.read_fields` was told.
    """
    lens = view.lens(operation)
    if lens is None:
        return Fragment()
    parameters = []
    for type_ in sorted({lens.type, *view.reachable(operation)}):
        held = view.lens(operation, type_)
        names = (*held.attributes, *held.relationships) if held is not None else ()
        if names:
            what = f"The fields to show of resources of the type {type_!r}."
            schema = words(names, ignore_unknown=ignore_unknown)
            parameters.append(RequestParameter(f"fields[{type_}]", what, schema))
    return Fragment(tuple(parameters), errors=() if ignore_unknown else (WRONG,))


def describe_page(operation: Operation, view: View) -> Fragment:
    """Describe the page parameters of the strategies that an operation takes, with limits."""
    rules = operation.page
    if rules is None:
        return Fragment()
    parameters = tuple(
        RequestParameter(each.name, each.description, _page_schema(each.name, rules))
        for each in building.page_parameters(operation)
    )
    return Fragment(parameters, errors=(WRONG,))


def _page_schema(name: str, rules: PageRules) -> JsonSchema:
    whole: JsonSchema = {"type": "integer"}
    if name in (building.LIMIT, building.SIZE):
        return {**whole, "minimum": 1, "maximum": rules.maximum, "default": rules.default}
    if name == building.OFFSET:
        return {**whole, "minimum": 0, "maximum": building.LARGEST_OFFSET, "default": 0}
    if name == building.NUMBER:
        largest = building.LARGEST_OFFSET // rules.maximum
        return {**whole, "minimum": 1, "maximum": largest, "default": 1}
    return {"type": "string", "minLength": 1}


def describe_include(
    *,
    flat: bool | Callable[[Operation], bool],
    depth: int,
    ignore_unknown: bool | Callable[[Operation], bool] = False,
) -> Describe:
    """Return what describes ``include``: the relationships that it may name.

    Args:
        flat: Whether a name without a dot counts at every depth, and may be a type; or a function
            of the operation that says so.
        depth: Deepest level.
        ignore_unknown: Whether names that lead nowhere are left out; or a function of the
            operation that says so.
    """

    def describe(operation: Operation, view: View) -> Fragment:
        if view.lens(operation) is None:
            return Fragment()
        is_flat = flat(operation) if callable(flat) else flat
        schema = _include_schema(operation, view, is_flat, depth)
        if schema is None:
            return Fragment()
        ignores = ignore_unknown(operation) if callable(ignore_unknown) else ignore_unknown
        if ignores:
            # What leads nowhere is left out, and what is too deep is refused all the same.
            deep = rf"^[^.]*(?:\.[^.]*){{0,{depth - 1}}}$"
            anything: JsonSchema = {"type": "string", "pattern": deep}
            listed = schema["items"]
            schema = {"type": "array", "items": any_of([listed, anything])}
        include = RequestParameter("include", "Relationships to include, with commas.", schema)
        errors = (TOO_MUCH,) if ignores else (WRONG, TOO_MUCH)
        return Fragment((include,), errors=errors)

    return describe


def _include_schema(operation: Operation, view: View, flat: bool, depth: int) -> JsonSchema | None:
    listed: list[str] = []
    is_whole = True
    for level in _levels(operation, view, depth):
        if listed and len(listed) + len(level) > MOST_NAMES:
            is_whole = False
            break
        listed += level
    if not listed:
        return None
    names = set(listed)
    if flat:
        names |= set(_everywhere(operation, view, depth))
    if is_whole:
        return words(sorted(names))
    first = "|".join(sorted({each.partition(".")[0] for each in listed}))
    deeper: dict[str, Any] = {"type": "string", "pattern": rf"^(?:{first})(?:\.[^.,]+)+$"}
    known = {"type": "string", "enum": sorted(names)}
    return {"type": "array", "items": {"anyOf": [known, deeper]}}


def _levels(operation: Operation, view: View, depth: int) -> Iterator[list[str]]:
    """Yield the paths of each depth, in order."""
    only = operation.relationship.name if operation.is_linkage and operation.relationship else None
    level = [("", operation.type or "")]
    for _ in range(depth):
        following = []
        for path, type_ in level:
            lens = view.lens(operation, type_)
            for name, each in sorted((lens.relationships if lens is not None else {}).items()):
                if path or only is None or name == only:
                    following.append((f"{path}.{name}" if path else name, each.target))
        if not following:
            return
        yield [path for path, _ in following]
        level = following


def _everywhere(operation: Operation, view: View, depth: int) -> Iterator[str]:
    """Yield the names that count at every depth: relationships, and the types they lead to."""
    only = operation.relationship.name if operation.is_linkage and operation.relationship else None
    first = view.lens(operation)
    for type_ in (operation.type, *view.reachable(operation, depth - 1)):
        lens = view.lens(operation, type_)
        for name, each in (lens.relationships if lens is not None else {}).items():
            if only is None or name == only or lens is not first:
                yield name
                yield each.target
