"""Building: what request builders read, and the ones that conventions share.

Each function here takes an operation at start-up and returns the step's callable for it, or None
where the operation has no use for it. What a client got wrong goes to ``request.errors``; the
verdict answers with all of it at once.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from glue_core.messages import (
    GlueError,
    GlueFilter,
    GlueRequest,
    GlueSparseResource,
    Pagination,
    Sort,
)
from glue_core.operation import Operation
from glue_core.step import Build, Parameter

LARGEST_OFFSET = 2**53
MOST_PARAMETERS = 200
INVALID_PARAMETER = "012"
INVALID_FILTER = "011"

FILTER_SHAPE = "Unsupported `Filter` format is used. Please use `filter[resource.property]`"

PAGE = (
    Parameter("page[offset]", "Index of the first resource, from 0."),
    Parameter("page[limit]", "Number of resources at most."),
)
SORT = (Parameter("sort", "Attributes to sort by; a leading '-' puts the largest first."),)
FILTER = (Parameter("filter[]", "filter[type.attribute]=value: attributes must be equal."),)
FIELDS = (Parameter("fields[]", "fields[type]=a,b: the attributes to show of a type."),)


def wrong(
    request: GlueRequest, parameter: str, message: str, code: str = INVALID_PARAMETER
) -> None:
    """Note that a query parameter is wrong; the verdict answers 400."""
    request.errors.append(GlueError(status=400, code=code, message=message, parameter=parameter))


def parse_query(request: GlueRequest) -> dict[str, str]:
    """Decode the query; a parameter that is sent twice or is no text is an error.

    Returns:
        The parameters by name, the first value of each.
    """
    text = request.parameters_string
    if not text:
        return {}
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeDecodeError:
        wrong(request, "", "The query is not UTF-8.")
        return {}
    except ValueError:
        wrong(request, "", f"The query has more than {MOST_PARAMETERS} parameters.")
        return {}
    fields: dict[str, str] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            wrong(request, name.replace("\0", ""), "The query contains a NUL character.")
        elif name in fields:
            wrong(request, name, f"The parameter {name!r} is sent more than once.")
        else:
            fields[name] = value
    return fields


def read_page(operation: Operation) -> Build | None:
    """Read ``page[offset]`` and ``page[limit]`` where the operation is cut into pages.

    Source:
        JSON:API 1.1, "Pagination"; a limit above the operation's maximum is refused.
    """
    rules = operation.page
    if rules is None:
        return None
    default, maximum = rules.default, rules.maximum

    def build(request: GlueRequest) -> None:
        fields = request.query_fields
        offset = _number(request, fields.get("page[offset]"), "page[offset]", 0, LARGEST_OFFSET)
        limit = _number(request, fields.get("page[limit]"), "page[limit]", 1, maximum)
        request.pagination = Pagination(
            0 if offset is None else offset, default if limit is None else limit
        )

    return build


def _number(
    request: GlueRequest, text: str | None, parameter: str, lowest: int, highest: int
) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 16 and lowest <= int(text) <= highest:
        return int(text)
    wrong(
        request,
        parameter,
        f"{parameter} must be a whole number from {lowest} to {highest}.",
    )
    return None


def read_sort(operation: Operation) -> Build | None:
    """Read ``sort`` where the operation can be sorted; a name it does not know is refused."""
    if not operation.sorts or operation.model is None or operation.type is None:
        return None
    model, type_ = operation.model, operation.type

    def build(request: GlueRequest) -> None:
        text = request.query_fields.get("sort")
        if text is None:
            return
        known = model.lens(type_, request.grants).sorts(operation)
        sortings = []
        for part in text.split(","):
            name = part.removeprefix("-")
            if name in known:
                sortings.append(Sort(name, not part.startswith("-")))
            else:
                wrong(request, "sort", f"Cannot sort by {name!r}; known are: {', '.join(known)}.")
        request.sortings = tuple(sortings)

    return build


def read_filters(operation: Operation) -> Build | None:
    """Read ``filter[type.attribute]`` where the operation can be filtered."""
    if not operation.filters or operation.model is None or operation.type is None:
        return None
    model, type_ = operation.model, operation.type

    def build(request: GlueRequest) -> None:
        filters = []
        known: tuple[str, ...] | None = None
        for name, value in request.query_fields.items():
            if name.partition("[")[0] != "filter":
                continue
            resource, dot, attribute = name[7:-1].partition(".")
            if not (name.startswith("filter[") and name.endswith("]") and dot):
                wrong(request, name, FILTER_SHAPE, INVALID_FILTER)
                continue
            if known is None:
                known = model.lens(type_, request.grants).filters(operation)
            if resource != type_ or attribute not in known:
                offered = ", ".join(f"{type_}.{each}" for each in known)
                wrong(
                    request,
                    name,
                    f"Cannot filter by {resource + dot + attribute!r}; known are: {offered}.",
                )
                continue
            filters.append(GlueFilter(resource, attribute, value))
        request.filters = tuple(filters)

    return build


def read_fields(operation: Operation) -> Build | None:
    """Read ``fields[type]`` where the operation shows a type.

    A type of the application and its attributes or relationships may be named; others are refused.

    Source:
        JSON:API 1.1, "Sparse Fieldsets".
    """
    if operation.model is None or operation.type is None or operation.method == "delete":
        return None
    model = operation.model

    def build(request: GlueRequest) -> None:
        sparse = []
        for name, value in request.query_fields.items():
            if name.partition("[")[0] != "fields":
                continue
            type_ = name[7:-1]
            if not (name.startswith("fields[") and name.endswith("]")) or type_ not in model:
                wrong(request, name, f"{type_ or name!r} is not a type of this application.")
                continue
            lens = model.lens(type_, request.grants)
            wanted = tuple(part for part in value.split(",") if part)
            for part in wanted:
                if part not in lens.attributes and part not in lens.relationships:
                    wrong(request, name, f"{type_!r} has no field {part!r}.")
            sparse.append(GlueSparseResource(type_, wanted))
        request.sparse_resources = tuple(sparse)

    return build
