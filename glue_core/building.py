"""Building: what request builders read, and the ones that conventions share.

Each function here takes an operation at start-up and returns the step's callable for it, or None
where the operation has no use for it. What a client got wrong goes to ``request.errors``; the
verdict answers with all of it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_to_bytes

from glue_core.messages import (
    GlueError,
    GlueFilter,
    GlueRequest,
    GlueSparseResource,
    PageStrategy,
    Pagination,
    Sort,
)
from glue_core.operation import Operation
from glue_core.step import Build, Parameter

LARGEST_OFFSET = 2**53
MOST_PARAMETERS = 200
LONGEST_KEPT = 100
"""Characters of a name or a value that is decoded once and remembered."""
INVALID_PARAMETER = "012"
INVALID_FILTER = "011"

FILTER_SHAPE = "Unsupported `Filter` format is used. Please use `filter[resource.property]`"

OFFSET, LIMIT, NUMBER, SIZE = "page[offset]", "page[limit]", "page[number]", "page[size]"
AFTER, BEFORE = "page[after]", "page[before]"
OFFSET_NAMES = frozenset((OFFSET, LIMIT))
PROFILE_ERRORS = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"

PAGE = (
    Parameter(OFFSET, "Index of the first resource, from 0."),
    Parameter(LIMIT, "Number of resources at most."),
)
_SIZE = Parameter(SIZE, "Number of resources at most.")
PAGES: Mapping[PageStrategy, tuple[Parameter, ...]] = {
    "offset": PAGE,
    "number": (Parameter(NUMBER, "Number of the page, from 1."), _SIZE),
    "cursor": (
        Parameter(AFTER, "Cursor behind which the page starts."),
        Parameter(BEFORE, "Cursor before which the page ends."),
        _SIZE,
    ),
}
"""Parameters of each way to name a page."""

_NAMES = {strategy: frozenset(each.name for each in PAGES[strategy]) for strategy in PAGES}

SORT = (Parameter("sort", "Attributes to sort by; a leading '-' puts the largest first."),)
FILTER = (Parameter("filter[]", "filter[type.attribute]=value: attributes must be equal."),)
FIELDS = (Parameter("fields[]", "fields[type]=a,b: the attributes to show of a type."),)


def wrong(
    request: GlueRequest,
    parameter: str,
    message: str,
    code: str = INVALID_PARAMETER,
    *,
    kind: str | None = None,
    arguments: Mapping[str, object] | None = None,
) -> None:
    """Note that a query parameter is wrong; the verdict answers 400.

    Args:
        request: The request.
        parameter: Name of the parameter.
        message: One English sentence.
        code: Stable code.
        kind: Name of the text in the error catalogue that says the same in other languages; None
            leaves them the text of the code.
        arguments: What the text of the kind names.
    """
    error = GlueError(400, code, message, kind, arguments or {}, parameter=parameter)
    request.errors.append(error)


def parse_query(request: GlueRequest) -> dict[str, str]:
    """Decode the query; a parameter that is sent twice or is no text is an error.

    Returns:
        The parameters by name, the first value of each.
    """
    text = request.parameters_string
    if not text:
        return {}
    found = _clean_query(text)
    if found is not None:
        return found
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
            wrong(
                request,
                name,
                f"The parameter {name!r} is sent more than once.",
                kind="parameter_repeated",
                arguments={"name": name},
            )
        else:
            fields[name] = value
    return fields


def _clean_query(text: str) -> dict[str, str] | None:
    """Decode a query in which nothing is wrong; None leaves it to who says what is."""
    if not text.isascii() or "%00" in text or text.count("&") >= MOST_PARAMETERS:
        return None
    fields: dict[str, str] = {}
    for part in text.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        try:
            if "%" in name or "+" in name:
                name = _decode(name) if len(name) <= LONGEST_KEPT else _decode.__wrapped__(name)
            if "%" in value or "+" in value:
                value = _decode(value) if len(value) <= LONGEST_KEPT else _decode.__wrapped__(value)
        except UnicodeDecodeError:
            return None
        if name in fields:
            return None
        fields[name] = value
    return None if "\0" in text else fields


@lru_cache(maxsize=1024)
def _decode(text: str) -> str:
    """Decode a name or a value as forms encode them; names come again and again."""
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


def page_parameters(operation: Operation) -> tuple[Parameter, ...]:
    """Return the page parameters that an operation takes."""
    if operation.page is None:
        return ()
    found: dict[str, Parameter] = {}
    for strategy in operation.page.strategies:
        found.update({each.name: each for each in PAGES[strategy]})
    return tuple(found.values())


def read_page(operation: Operation, *, needs_both: bool = False) -> Build | None:
    """Read the page where the operation is cut into pages.

    The client names it by the parameters of one strategy; those of several are refused, and so are
    a size above the operation's maximum and a strategy that the operation does not take.

    Args:
        operation: The operation.
        needs_both: Whether ``page[offset]`` and ``page[limit]`` count only together.

    Source:
        JSON:API 1.1, "Pagination", and its profile "Cursor Pagination".
    """
    rules = operation.page
    if rules is None:
        return None
    strategies, default, maximum = rules.strategies, rules.default, rules.maximum
    names = frozenset(each.name for each in page_parameters(operation))
    first, names_of_first = strategies[0], _NAMES[strategies[0]]

    def build(request: GlueRequest) -> None:
        fields = request.query_fields
        sent = names & fields.keys()
        if needs_both and len(sent & OFFSET_NAMES) == 1:
            sent -= OFFSET_NAMES
        strategy: PageStrategy | None = first
        if not sent <= names_of_first:
            strategy = _strategy_of(request, sent, strategies)
        if strategy is None:
            return
        if strategy == "offset":
            offset = limit = None
            if sent:
                offset = _number(request, fields.get(OFFSET), OFFSET, 0, LARGEST_OFFSET)
                limit = _number(request, fields.get(LIMIT), LIMIT, 1, maximum)
            request.pagination = Pagination(offset or 0, default if limit is None else limit)
            return
        if strategy == "cursor" and AFTER in sent and BEFORE in sent and not rules.ranges:
            message = "page[after] and page[before] cannot be used together here."
            _wrong_page(request, BEFORE, message, "range-pagination-not-supported")
        text = fields.get(SIZE)
        highest = LARGEST_OFFSET if strategy == "cursor" else maximum
        size = _number(request, text, SIZE, 1, highest)
        if size is not None and size > maximum:
            message = f"page[size] must be a whole number from 1 to {maximum}."
            _wrong_page(request, SIZE, message, "max-size-exceeded", {"maxSize": maximum})
        if size is None:
            size = maximum if AFTER in sent and BEFORE in sent else default
        if strategy == "number":
            number = _number(request, fields.get(NUMBER), NUMBER, 1, LARGEST_OFFSET // maximum)
            request.pagination = Pagination(((number or 1) - 1) * size, size, strategy=strategy)
            return
        for name in (AFTER, BEFORE):
            if fields.get(name) == "":
                wrong(request, name, f"{name} is no cursor.")
        after, before = fields.get(AFTER), fields.get(BEFORE)
        request.pagination = Pagination(0, size, strategy=strategy, after=after, before=before)

    return build


def _strategy_of(
    request: GlueRequest, sent: Set[str], strategies: Sequence[PageStrategy]
) -> PageStrategy | None:
    """Return the strategy whose parameters a request has; several are noted as wrong."""
    fitting = [each for each in strategies if sent <= _NAMES[each]]
    if fitting:
        return fitting[0]
    mixed = " and ".join(sorted(sent))
    wrong(request, min(sent), f"{mixed} belong to different kinds of pages; use one kind.")
    return None


def _wrong_page(
    request: GlueRequest,
    parameter: str,
    message: str,
    kind: str,
    meta: Mapping[str, object] | None = None,
) -> None:
    """Note what a page by cursor cannot be, as its profile says it."""
    request.errors.append(
        GlueError(
            status=400,
            code=INVALID_PARAMETER,
            message=message,
            parameter=parameter,
            type=PROFILE_ERRORS + kind,
            meta=None if meta is None else {"page": dict(meta)},
        )
    )


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
        kind="parameter_number",
        arguments={"name": parameter, "lowest": lowest, "highest": highest},
    )
    return None


def read_sort(operation: Operation, *, ignore_unknown: bool = False) -> Build | None:
    """Read ``sort`` where the operation can be sorted.

    Args:
        operation: The operation.
        ignore_unknown: Whether a name that it cannot be sorted by is left out, or refused.
    """
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
                sortings.append(Sort(operation.handled(name), not part.startswith("-")))
            elif not ignore_unknown:
                offered = ", ".join(known)
                wrong(
                    request,
                    "sort",
                    f"Cannot sort by {name!r}; known are: {offered}.",
                    kind="sort_unknown",
                    arguments={"name": name, "known": offered},
                )
        request.sortings = tuple(sortings)

    return build


def read_filters(operation: Operation, *, ignore_unknown: bool = False) -> Build | None:
    """Read ``filter[type.attribute]`` where the operation can be filtered.

    Args:
        operation: The operation.
        ignore_unknown: Whether a filter that it does not have is left out, or refused.
    """
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
                if ignore_unknown:
                    continue
                offered = ", ".join(f"{type_}.{each}" for each in known)
                wrong(
                    request,
                    name,
                    f"Cannot filter by {resource + dot + attribute!r}; known are: {offered}.",
                    kind="filter_unknown",
                    arguments={"name": resource + dot + attribute, "known": offered},
                )
                continue
            filters.append(GlueFilter(resource, operation.handled(attribute), value))
        request.filters = tuple(filters)

    return build


def read_fields(operation: Operation, *, ignore_unknown: bool = False) -> Build | None:
    """Read ``fields[type]`` where the operation shows a type.

    A type of the application and its attributes or relationships may be named.

    Args:
        operation: The operation.
        ignore_unknown: Whether other names are left out, or refused.

    Source:
        JSON:API 1.1, "Sparse Fieldsets".
    """
    if operation.model is None or operation.type is None or operation.method == "delete":
        return None
    lenses, known, own_type = operation.model.lenses, operation.model.types, operation.type

    def build(request: GlueRequest) -> None:
        sparse = []
        for name, value in request.query_fields.items():
            if not name.startswith("fields") or name.partition("[")[0] != "fields":
                continue
            type_ = name[7:-1]
            lens = lenses[type_, request.grants] if type_ in known else None
            is_spelled = name.startswith("fields[") and name.endswith("]")
            # Whoever may call an operation knows the type that it answers with.
            is_known = lens is not None and (lens.is_readable or type_ == own_type)
            if not is_spelled or lens is None or not is_known:
                if ignore_unknown:
                    continue
                wrong(
                    request,
                    name,
                    f"{type_ or name!r} is not a type of this application.",
                    kind="fields_type_unknown",
                    arguments={"name": type_ or name},
                )
                continue
            # Nothing at all is no field; an empty name among others is one that nobody has.
            named = value.split(",") if value else []
            if not ignore_unknown and not lens.fields.issuperset(named):
                for part in named:
                    if part not in lens.fields:
                        wrong(
                            request,
                            name,
                            f"{type_!r} has no field {part!r}.",
                            kind="field_unknown",
                            arguments={"type": type_, "name": part},
                        )
            sparse.append(GlueSparseResource(type_, tuple(filter(None, named))))
        request.sparse_resources = tuple(sparse)

    return build
