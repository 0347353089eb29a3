"""Shapes: what a schema of JSON Schema 2020-12 takes, whichever way it is spelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_core.openapi.comparing.nodes import WORDS, Node, plain
from glue_core.openapi.comparing.rules import Side

NULL = "null"
OBJECT, ARRAY, STRING, NUMBER = "object", "array", "string", "number"

LOWER = ("minimum", "exclusiveMinimum")
UPPER = ("maximum", "exclusiveMaximum")

LIMITS: Mapping[str, tuple[str, int]] = {
    "minLength": (STRING, 1),
    "maxLength": (STRING, -1),
    "minItems": (ARRAY, 1),
    "maxItems": (ARRAY, -1),
    "uniqueItems": (ARRAY, 1),
    "minProperties": (OBJECT, 1),
    "maxProperties": (OBJECT, -1),
}
"""Limits that stand alone: the type that each is about, and whether more of it is tighter."""

KINDS: Mapping[str, str] = {
    **{name: kind for name, (kind, _) in LIMITS.items()},
    **dict.fromkeys((*LOWER, *UPPER, "multipleOf"), NUMBER),
    **dict.fromkeys(("pattern", "contentEncoding", "contentMediaType", "contentSchema"), STRING),
    **dict.fromkeys(
        (
            *("items", "prefixItems", "contains", "minContains", "maxContains"),
            "unevaluatedItems",
        ),
        ARRAY,
    ),
    **dict.fromkeys(
        (
            *("properties", "required", "additionalProperties", "patternProperties"),
            *("propertyNames", "unevaluatedProperties", "dependentRequired", "dependentSchemas"),
        ),
        OBJECT,
    ),
}
"""Keywords that count for values of one type alone; a number stands for an integer as well."""

CHOICES = ("anyOf", "oneOf")

READ = frozenset({*KINDS, *CHOICES, *WORDS, "$ref", "allOf", "type", "enum", "const", "format"})
"""Keywords that are understood; every other one is compared as a whole."""

NOT_SHAPED = (
    *("contains", "minContains", "maxContains", "unevaluatedItems", "patternProperties"),
    *("propertyNames", "dependentRequired", "dependentSchemas", "multipleOf"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
)
"""Keywords that are compared as a whole although they are about one type."""

ASIDE = frozenset({"$id", "$schema", "$anchor", "$defs", "definitions"})
"""Keywords that say nothing of values."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of values.

    Attributes:
        keyword: As it is written.
        value: Its value.
        tightness: What is larger where fewer values are left.
    """

    keyword: str
    value: Any
    tightness: tuple[float, bool]


@dataclass(slots=True)
class Shape:
    """What a schema takes.

    Attributes:
        node: The schema.
        types: Types without null, numbers that are none of integers among them; None for all.
        nullable: Whether null is taken; None where everything is.
        values: The values that are listed, by their text, without null; None where none are.
        limits: Limits by what they limit.
        patterns: Patterns that texts must match, all of them.
        formats: Formats, all of which must hold.
        members: Members by name.
        required: Names of the members that must be there.
        others: Schema of members that are not named, or whether there may be some.
        items: Schema of elements; None for any.
        first: Schemas of the first elements.
        choices: Lists of schemas, of each of which one must hold, with their keywords.
        conjuncts: Schemas that must hold as well, and cannot be put together with the others.
        rest: Other keywords.
    """

    node: Node
    types: frozenset[str] | None = None
    nullable: bool | None = None
    values: dict[str, Any] | None = None
    limits: dict[str, Limit] = field(default_factory=dict)
    patterns: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    members: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: Node | bool = True
    items: Node | None = None
    first: list[Node] = field(default_factory=list)
    choices: list[tuple[str, list[Node]]] = field(default_factory=list)
    conjuncts: list[Node] = field(default_factory=list)
    rest: dict[str, Node] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing, but for what is said of choices."""
        return (
            self.types is None
            and self.values is None
            and not (self.limits or self.patterns or self.formats or self.members or self.required)
            and self.others is True
            and self.items is None
            and not (self.first or self.conjuncts or self.rest)
        )

    @property
    def is_choice_alone(self) -> bool:
        """Whether it says nothing but that one of several schemas holds."""
        return self.is_blank and len(self.choices) == 1

    def takes(self, kind: str) -> bool:
        """Say whether values of a type are possible."""
        return self.types is None or kind in self.types


class Shapes:
    """Makes shapes, and keeps what it has to put together for them."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, ...], dict[str, Any]] = {}
        self._known: dict[tuple[int, Side], Shape] = {}

    def of(self, node: Node, side: Side) -> Shape:
        """Return what a schema takes, or shows.

        Args:
            node: The schema; what it only refers to is followed.
            side: Who writes the values: members that only the other side writes are left out.
        """
        node = node.followed()
        if not isinstance(node.value, Mapping):
            return self._of(node, side)
        key = (id(node.value), side)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._of(node, side)
        return found

    def _of(self, node: Node, side: Side) -> Shape:
        parts = list(_parts(node, set()))
        closed = [each for each in parts if _others_of(each, each is not parts[0]) is not True]
        named = [each for each in parts if each.get("properties")]
        if any(one is not other for one in closed for other in named):
            # What one part says of members that it does not name is about those of the others.
            own = Node(
                node.root,
                {name: each for name, each in node.value.items() if name not in ("allOf", "$ref")},
                node.pointer,
            )
            shape = self._put(node, [own], side)
            shape.conjuncts = [*node.each("allOf"), *([node.target()] if node.reference else [])]
            return shape
        return self._put(node, parts, side)

    def _put(self, node: Node, parts: list[Node], side: Side) -> Shape:
        shape = Shape(node)
        types: frozenset[str] | None = None
        for part in parts:
            if isinstance(part.value, bool):
                types = types if part.value else frozenset()
                continue
            if not isinstance(part.value, Mapping):
                continue
            own = _types_of(part)
            if own is not None:
                types = own if types is None else types & own
            self._values(shape, part)
            self._limits(shape, part)
            self._objects(shape, part)
            self._lists(shape, part)
            for name in CHOICES:
                if part.get(name):
                    shape.choices.append((name, list(part.each(name))))
            for name in part.value:
                if name in NOT_SHAPED or (name not in READ and name not in ASIDE):
                    # Two parts that say the same keyword are rare, and both must hold.
                    key = name if name not in shape.rest else f"{name} ({len(shape.rest)})"
                    if not name.startswith("x-"):
                        shape.rest[key] = part.at(name)
        self._with_null(shape, types)
        self._narrowed(shape)
        self._one_sided(shape, side)
        return shape

    def _values(self, shape: Shape, part: Node) -> None:
        listed: list[Any] | None = part.get("enum")
        if "const" in part.value:
            listed = [part.get("const")]
        if listed is not None:
            own = {plain(each): each for each in listed}
            known = shape.values
            shape.values = own if known is None else {k: v for k, v in own.items() if k in known}
        if isinstance(part.get("pattern"), str):
            shape.patterns |= {part.get("pattern")}
        if isinstance(part.get("format"), str):
            shape.formats |= {part.get("format")}

    def _limits(self, shape: Shape, part: Node) -> None:
        found: list[tuple[str, Limit]] = []
        for name, (_, sign) in LIMITS.items():
            value = part.get(name)
            # A limit of nothing, such as a length of at least 0, is none.
            if value is not None and not (sign > 0 and not value):
                found.append((name, Limit(name, value, (sign * float(value), False))))
        whole = part.get("type") == "integer"
        for key, sign, names in (("lower", 1, LOWER), ("upper", -1, UPPER)):
            for name in names:
                value = part.get(name)
                if not isinstance(value, int | float) or isinstance(value, bool):
                    continue
                excludes = name.startswith("exclusive")
                bound = float(value)
                if excludes and whole:
                    bound, excludes = bound + sign, False
                found.append((key, Limit(name, value, (sign * bound, excludes))))
        for key, limit in found:
            known = shape.limits.get(key)
            if known is None or limit.tightness > known.tightness:
                shape.limits[key] = limit

    def _objects(self, shape: Shape, part: Node) -> None:
        for name, each in part.members("properties").items():
            known = shape.members.get(name)
            shape.members[name] = each if known is None else self._both(known, each)
        shape.required |= frozenset(part.get("required") or ())
        others = _others_of(part)
        if others is not True:
            shape.others = others if shape.others is True else False

    def _lists(self, shape: Shape, part: Node) -> None:
        if "items" in part.value:
            items = part.at("items")
            shape.items = items if shape.items is None else self._both(shape.items, items)
        for index, each in enumerate(part.each("prefixItems")):
            if index < len(shape.first):
                shape.first[index] = self._both(shape.first[index], each)
            else:
                shape.first.append(each)

    def _both(self, one: Node, other: Node) -> Node:
        """Return the schema that two nodes are put together in: each time the same object."""
        key = (id(one.value), id(other.value))
        made = self._made.setdefault(key, {"allOf": [one.value, other.value]})
        return Node(one.root, made, one.pointer)

    @staticmethod
    def _with_null(shape: Shape, types: frozenset[str] | None) -> None:
        """Take null apart from the other types: it may be among types, values or choices."""
        if len(shape.choices) == 1 and types is None and shape.values is None:
            name, choices = shape.choices[0]
            without = [each for each in choices if not _is_null(each)]
            shape.nullable = len(without) < len(choices)
            shape.choices = [(name, without)] if without else []
            if not without:
                types = frozenset()
        elif types is not None or shape.values is not None:
            shape.nullable = types is None or NULL in types
        if shape.values is not None:
            shape.nullable = bool(shape.nullable) and plain(None) in shape.values
            shape.values = {k: v for k, v in shape.values.items() if v is not None}
            if types is None:
                types = frozenset(filter(None, map(_type_of, shape.values.values())))
        if types is not None:
            if NUMBER in types:
                types |= {"integer"}
            types -= {NULL}
        shape.types = types

    @staticmethod
    def _narrowed(shape: Shape) -> None:
        """Forget what is about types that are not possible."""
        numbers = shape.takes(NUMBER) or shape.takes("integer")
        possible = {each: shape.takes(each) for each in (STRING, ARRAY, OBJECT)}
        possible[NUMBER] = numbers
        about = {"lower": NUMBER, "upper": NUMBER, **{n: kind for n, (kind, _) in LIMITS.items()}}
        shape.limits = {n: limit for n, limit in shape.limits.items() if possible[about[n]]}
        if not possible[STRING]:
            shape.patterns = frozenset()
        if not possible[OBJECT]:
            shape.members, shape.required, shape.others = {}, frozenset(), True
        if not possible[ARRAY]:
            shape.items, shape.first = None, []
        shape.rest = {
            name: each
            for name, each in shape.rest.items()
            if possible.get(KINDS.get(name.partition(" ")[0], ""), True)
        }

    @staticmethod
    def _one_sided(shape: Shape, side: Side) -> None:
        """Forget the members that only the other side writes."""
        mark = "readOnly" if side is Side.SENT else "writeOnly"
        gone = {n for n, each in shape.members.items() if each.followed().get(mark) is True}
        gone |= {name for name, each in shape.members.items() if each.get(mark) is True}
        if gone:
            shape.members = {n: each for n, each in shape.members.items() if n not in gone}
            shape.required -= gone


def _parts(node: Node, seen: set[int]) -> Iterator[Node]:
    """Yield the schemas that must all hold: itself, what it refers to, and those of ``allOf``."""
    if id(node.value) in seen:
        return
    seen.add(id(node.value))
    if not node.only_refers:
        yield node
    if node.reference is not None:
        yield from _parts(node.target(), seen)
    for each in node.each("allOf"):
        yield from _parts(each, seen)


def _others_of(part: Node, with_unevaluated: bool = True) -> Node | bool:
    """Return the schema of members that a part does not name, or whether there may be some.

    Args:
        part: The schema.
        with_unevaluated: Whether ``unevaluatedProperties`` counts, which knows the members of all
            parts where it stands beside ``allOf``.
    """
    names = ["additionalProperties", *(["unevaluatedProperties"] if with_unevaluated else [])]
    for name in names:
        found = part.get(name)
        if found is not None:
            if isinstance(found, bool):
                return found
            return True if not set(found) - WORDS else part.at(name)
    return True


def _types_of(part: Node) -> frozenset[str] | None:
    found = part.get("type")
    if found is None:
        return None
    return _with_integers([found] if isinstance(found, str) else found)


def _with_integers(types: Iterable[str]) -> frozenset[str]:
    found = frozenset(types)
    return found | {"integer"} if NUMBER in found else found


def _is_null(node: Node) -> bool:
    found = node.followed()
    return found.get("type") in (NULL, [NULL]) or (
        isinstance(found.value, Mapping) and found.value.get("const", 0) is None
    )


def _type_of(value: Any) -> str | None:
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((str, STRING), (int, "integer"), (float, NUMBER), (list, ARRAY)):
        if isinstance(value, kind):
            return name
    return OBJECT if isinstance(value, Mapping) else None


__all__ = ["ARRAY", "NUMBER", "OBJECT", "STRING", "Limit", "Shape", "Shapes"]
