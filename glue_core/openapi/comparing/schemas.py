"""Comparing schemas: each pair once, however many operations share it, and in both directions.

What one schema refers to is a pair of its own. So a change inside of a shared schema is found once,
and schemas that contain themselves are followed once.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from glue_core.openapi.comparing.nodes import ANYTHING, WHOLE, Node, Prints, plain
from glue_core.openapi.comparing.pairing import Pairing
from glue_core.openapi.comparing.rules import RULES, Level, Side
from glue_core.openapi.comparing.shapes import ARRAY, NUMBER, OBJECT, Limit, Shape, Shapes
from glue_core.openapi.fragment import ON_REQUEST

LIMITS = ("multipleOf", "minContains", "maxContains")
"""Further keywords that leave fewer values where they are there."""

TEXTS = ("title", "description", "example", "examples", "externalDocs", "$comment", "xml")

INNER = ("contains", "propertyNames", "unevaluatedItems", "contentSchema")
"""Keywords with a schema: fewer values there are fewer values here."""

INNER_BY_NAME = ("patternProperties", "dependentSchemas")
"""Keywords with schemas by name, alike."""

WIDER = {("int32", "int64"), ("float", "double")}
"""Formats, the first of which takes nothing that the second does not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is different in a schema, or elsewhere in an operation.

    Attributes:
        rule: Name of the rule.
        side: Who writes it.
        owner: Name of the shared schema that it is in; empty for none.
        trail: Where it is in there, for people.
        pointer: JSON pointer into the new document, or into the old one where it is gone.
        old: What it was; None where it was not there.
        new: What it is; None where it is gone.
    """

    rule: str
    side: Side
    owner: str
    trail: str
    pointer: str
    old: Any = None
    new: Any = None

    @property
    def level(self) -> Level:
        """How much a client notices."""
        return RULES[self.rule].verdicts[self.side].level


Key = tuple[int, int, Side, bool]
"""Two schemas, who writes their values, and whether these come only where they are asked for."""


@dataclass(slots=True)
class _Pair:
    """Two schemas, one of which came in the place of the other.

    Attributes:
        old: The former.
        new: The present one.
        side: Who writes the values.
        owner: Name of the shared schema.
        trail: Where in that they are.
        on_request: Whether the values come only where a parameter asks for them.
        found: What differs in them; None as long as nobody looked.
        inner: The pairs that they refer to.
    """

    old: Node
    new: Node
    side: Side
    owner: str
    trail: str
    on_request: bool
    found: list[Difference] | None = None
    inner: list[Key] = field(default_factory=list)


class SchemaComparison:
    """All pairs of schemas of two documents."""

    def __init__(self) -> None:
        self._pairs: dict[Key, _Pair] = {}
        self._reached: dict[Key, tuple[Difference, ...]] = {}
        self._shapes = Shapes()
        self.prints = Prints()

    def pair(
        self,
        old: Node,
        new: Node,
        side: Side,
        owner: str = "",
        trail: str = "",
        on_request: bool = False,
    ) -> Key:
        """Note that one schema came in the place of another.

        Args:
            old: The former.
            new: The present one.
            side: Who writes the values.
            owner: Name of the shared schema that both are part of, where they are.
            trail: Where in that they are.
            on_request: Whether the values come only where a parameter asks for them.

        Returns:
            What `differences` takes.
        """
        name = new.shared_name if new.only_refers else None
        if name is None and old.only_refers:
            name = old.shared_name
        if name is not None:
            owner, trail = name, ""
        old, new = old.followed(), new.followed()
        key = (id(old.value), id(new.value), side, on_request)
        self._pairs.setdefault(key, _Pair(old, new, side, owner, trail, on_request))
        return key

    def differences(self, key: Key) -> tuple[Difference, ...]:
        """Return what differs between two schemas, and in all that they refer to."""
        known = self._reached.get(key)
        if known is not None:
            return known
        seen = {key}
        waiting = deque([key])
        found: list[Difference] = []
        while waiting:
            pair = self._pairs[waiting.popleft()]
            if pair.found is None:
                pair.found = []
                _Walk(self, pair, self._shapes).compare(
                    pair.old, pair.new, pair.trail, pair.on_request
                )
            found += pair.found
            for each in pair.inner:
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
        self._reached[key] = tuple(found)
        return self._reached[key]

    def worst(self, key: Key) -> Level:
        """Return the worst level of what differs; `Level.TEXT` where nothing does."""
        return max((each.level for each in self.differences(key)), default=Level.TEXT)


class _Walk:
    """The comparison of one pair, up to what it refers to."""

    def __init__(self, all_: SchemaComparison, pair: _Pair, shapes: Shapes) -> None:
        self._all = all_
        self._pair = pair
        self._shapes = shapes
        self._side = pair.side
        self._pairing = Pairing(all_.prints, shapes, pair.side)

    def compare(
        self,
        old: Node,
        new: Node,
        trail: str,
        on_request: bool = False,
        *,
        nulls: bool = True,
    ) -> None:
        """Compare two schemas that refer to nothing as a whole.

        Args:
            old: The former.
            new: The present one.
            trail: Where they are.
            on_request: Whether the values come only where a parameter asks for them.
            nulls: Whether it is compared if null is possible.
        """
        self._texts(old, new, trail)
        one, other = self._shapes.of(old, self._side), self._shapes.of(new, self._side)
        if nulls:
            self._nulls(one, other, trail)
        if self._choices_alone(one, other, trail, on_request):
            return
        if not self._types(one, other, trail):
            return
        self._values(one, other, trail)
        if one.values is None and other.values is None:
            self._limits(one, other, trail)
            self._patterns(one, other, trail)
            self._formats(one, other, trail)
        elif one.values is None and (one.limits or one.patterns):
            # Whether each of the values was within the limits is not looked at.
            self._changed(one.node, other.node, trail)
        if one.takes(OBJECT) and other.takes(OBJECT):
            self._objects(one, other, trail)
        if one.takes(ARRAY) and other.takes(ARRAY):
            self._lists(one, other, trail)
        self._choices(one, other, trail)
        self._conjuncts(one, other, trail)
        self._rest(one, other, trail)

    # What differs ------------------------------------------------------------------------------

    def _texts(self, old: Node, new: Node, trail: str) -> None:
        for name in TEXTS:
            if plain(old.get(name)) != plain(new.get(name)):
                self._keyword("text-changed", trail, old, new, name)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            rule = "deprecated" if new.get("deprecated") else "kept"
            self._keyword(rule, trail, old, new, "deprecated")
        had, has = _has(old, "default"), _has(new, "default")
        if had != has or plain(old.get("default")) != plain(new.get("default")):
            self._keyword("default-changed", trail, old, new, "default")

    def _nulls(self, one: Shape, other: Shape, trail: str) -> None:
        if one.nullable is None or other.nullable is None or one.nullable == other.nullable:
            return
        rule = "null-added" if other.nullable else "null-removed"
        self._tell(rule, trail, one.node, other.node, _types(one), _types(other))

    def _types(self, one: Shape, other: Shape, trail: str) -> bool:
        """Compare types, and say whether there is more to compare."""
        was, is_ = one.types, other.types
        if was == is_:
            return True
        old, new = _types(one), _types(other)
        if (was is None and one.choices) or (is_ is None and other.choices):
            self._changed(one.node, other.node, trail)
            return False
        if was is None or (is_ is not None and is_ < was):
            self._tell("type-removed", trail, one.node, other.node, old, new)
        elif is_ is None or was < is_:
            self._tell("type-added", trail, one.node, other.node, old, new)
        else:
            self._tell("type-changed", trail, one.node, other.node, old, new)
            return False
        # Where anything went, all that is said of values follows from that.
        return not (one.is_blank or other.is_blank)

    def _values(self, one: Shape, other: Shape, trail: str) -> None:
        was, is_ = one.values, other.values
        if was is None or is_ is None:
            if was is not is_:
                rule = "values-listed" if was is None else "values-open"
                self._tell(rule, trail, one.node, other.node, _listed(was), _listed(is_))
            return
        gone = [value for text, value in was.items() if text not in is_]
        come = [value for text, value in is_.items() if text not in was]
        if gone:
            self._tell("value-removed", trail, one.node, other.node, gone, None)
        if come:
            self._tell("value-added", trail, one.node, other.node, None, come)

    def _limits(self, one: Shape, other: Shape, trail: str) -> None:
        for name in sorted({*one.limits, *other.limits}):
            was, is_ = one.limits.get(name), other.limits.get(name)
            old, new = _tightness(was), _tightness(is_)
            if old != new:
                rule = "limit-tightened" if new > old else "limit-loosened"
                self._tell(rule, trail, one.node, other.node, _shown(was), _shown(is_))

    def _patterns(self, one: Shape, other: Shape, trail: str) -> None:
        gone, come = one.patterns - other.patterns, other.patterns - one.patterns
        if gone or come:
            rule = "pattern-changed"
            if not gone:
                rule = "pattern-added"
            elif not come:
                rule = "pattern-removed"
            self._tell(rule, trail, one.node, other.node, _several(gone), _several(come))

    def _formats(self, one: Shape, other: Shape, trail: str) -> None:
        gone, come = one.formats - other.formats, other.formats - one.formats
        if not gone and not come:
            return
        rule = "format-changed"
        pairs = {(old, new) for old in gone for new in come}
        if not gone or (pairs and pairs <= {(new, old) for old, new in WIDER}):
            rule = "format-added"
        elif not come or pairs <= WIDER:
            rule = "format-removed"
        self._tell(rule, trail, one.node, other.node, _several(gone), _several(come))

    def _objects(self, one: Shape, other: Shape, trail: str) -> None:
        for name in sorted({*one.members, *other.members, *one.required, *other.required}):
            at = f"{trail}.{name}"
            known = name in one.members or name in one.required
            present = name in other.members or name in other.required
            if known and present:
                self._member(one, other, name, at)
            elif known:
                self._member_gone(one, other, name, at)
            else:
                self._member_new(one, other, name, at)
        was, is_ = one.others, other.others
        if (was is False) != (is_ is False):
            rule = "members-closed" if is_ is False else "members-open"
            self._tell(rule, trail, one.node, other.node, was is not False, is_ is not False)
        elif was is not is_:
            self._inner(_schema_of(was, one), _schema_of(is_, other), f"{trail}.*")

    def _member(self, one: Shape, other: Shape, name: str, trail: str) -> None:
        old, new = one.members.get(name), other.members.get(name)
        if (name in one.required) != (name in other.required):
            rule = "member-required" if name in other.required else "member-optional"
            self._tell(rule, trail, old or one.node, new or other.node)
        if old is not None or new is not None:
            self._inner(old or _any(one.node), new or _any(other.node), trail)

    def _member_gone(self, one: Shape, other: Shape, name: str, trail: str) -> None:
        old = one.members.get(name) or one.node
        if isinstance(other.others, Node) and name in one.members:
            self._inner(old, other.others, trail)
            return
        ignored = self._side is Side.SENT and other.others is not False
        rule = "member-ignored" if ignored else "member-removed"
        self._add(rule, trail, old.pointer, old.value, None)

    def _member_new(self, one: Shape, other: Shape, name: str, trail: str) -> None:
        new = other.members.get(name) or other.node
        sent = self._side is Side.SENT
        if sent and name in other.required:
            self._add("required-member-added", trail, new.pointer, None, new.value)
        elif isinstance(one.others, Node) and name in other.members:
            self._inner(one.others, new, trail)
        else:
            closed = not sent and one.others is False
            rule = "member-added-to-closed" if closed else "member-added"
            self._add(rule, trail, new.pointer, None, new.value)

    def _lists(self, one: Shape, other: Shape, trail: str) -> None:
        for index in range(max(len(one.first), len(other.first))):
            old = one.first[index] if index < len(one.first) else one.items
            new = other.first[index] if index < len(other.first) else other.items
            self._elements(one, other, old, new, f"{trail}[{index}]")
        self._elements(one, other, one.items, other.items, f"{trail}[]")

    def _elements(
        self, one: Shape, other: Shape, old: Node | None, new: Node | None, trail: str
    ) -> None:
        if old is None and new is None:
            return
        on_request = _has(one.node, ON_REQUEST) or _has(other.node, ON_REQUEST)
        self._inner(old or _any(one.node), new or _any(other.node), trail, on_request)

    def _choices_alone(self, one: Shape, other: Shape, trail: str, on_request: bool) -> bool:
        """Compare what says no more than that one of several holds, and say whether this is it.

        A schema that stands alone is one of one.
        """
        was, is_ = one.is_choice_alone, other.is_choice_alone
        if not (was or is_) or not ((was or not one.choices) and (is_ or not other.choices)):
            return False
        if not (was and is_) and _says_nothing(one if is_ else other):
            return False
        if was and is_:
            self._same_keyword(one, other, trail)
        old = one.choices[0][1] if was else _alone(one)
        new = other.choices[0][1] if is_ else _alone(other)
        # That a schema which stands alone takes null was compared with the whole of the other.
        alone = (not was and bool(one.nullable)) or (not is_ and bool(other.nullable))
        self._alternatives(old, new, trail, on_request, nulls=not alone)
        return True

    def _choices(self, one: Shape, other: Shape, trail: str) -> None:
        """Compare the choices of schemas that say something else as well."""
        if len(one.choices) == len(other.choices) == 1:
            self._same_keyword(one, other, trail)
            self._alternatives(one.choices[0][1], other.choices[0][1], trail)
            return
        prints = self._all.prints
        was = Counter(_print_of(each, prints) for each in one.choices)
        is_ = Counter(_print_of(each, prints) for each in other.choices)
        self._whole(bool(was - is_), bool(is_ - was), one.node, other.node, trail)

    def _same_keyword(self, one: Shape, other: Shape, trail: str) -> None:
        (was, old), (is_, new) = one.choices[0], other.choices[0]
        if was != is_ and len(old) > 1 and len(new) > 1:
            self._tell("rule-changed", trail, one.node, other.node, was, is_)

    def _alternatives(
        self,
        old: Sequence[Node],
        new: Sequence[Node],
        trail: str,
        on_request: bool = False,
        *,
        nulls: bool = True,
    ) -> None:
        pairs, gone, come = self._pairing.of(old, new)
        for one, other in pairs:
            if nulls:
                self._inner(one, other, trail)
            else:
                self.compare(one.followed(), other.followed(), trail, nulls=False)
        added = "alternative-added"
        if on_request and self._side is Side.RECEIVED:
            added = "alternative-on-request"
        for each in gone:
            self._add("alternative-removed", trail, each.pointer, each.value, None)
        for each in come:
            self._add(added, trail, each.pointer, None, each.value)

    def _conjuncts(self, one: Shape, other: Shape, trail: str) -> None:
        pairs, gone, come = self._pairing.of(one.conjuncts, other.conjuncts)
        for old, new in pairs:
            self._inner(old, new, trail)
        for each in gone:
            self._add("rule-removed", trail, each.pointer, each.value, None)
        for each in come:
            self._add("rule-added", trail, each.pointer, None, each.value)

    def _rest(self, one: Shape, other: Shape, trail: str) -> None:
        for name in sorted({*one.rest, *other.rest}):
            old, new = one.rest.get(name), other.rest.get(name)
            if old is None or new is None:
                self._keyword_alone(name, old, new, trail)
            elif self._all.prints.of(old, WHOLE) == self._all.prints.of(new, WHOLE):
                continue
            elif name in INNER:
                self._inner(old, new, f"{trail}({name})")
            elif name in INNER_BY_NAME:
                self._by_name(name, old, new, trail)
            elif name == "multipleOf":
                self._multiples(old, new, trail)
            else:
                self._add("rule-changed", f"{trail}({name})", new.pointer, old.value, new.value)

    def _keyword_alone(self, name: str, old: Node | None, new: Node | None, trail: str) -> None:
        """Tell of a keyword that only one of the schemas has."""
        kind = "limit" if name in LIMITS else "rule"
        at = f"{trail}({name})"
        if new is not None:
            rule = "limit-tightened" if kind == "limit" else "rule-added"
            self._add(rule, at, new.pointer, None, new.value)
        elif old is not None:
            rule = "limit-loosened" if kind == "limit" else "rule-removed"
            self._add(rule, at, old.pointer, old.value, None)

    def _by_name(self, keyword: str, old: Node, new: Node, trail: str) -> None:
        for name in sorted({*old.value, *new.value}):
            at = f"{trail}({keyword} {name})"
            if name not in new.value:
                each = old.at(name)
                self._add("rule-removed", at, each.pointer, each.value, None)
            elif name not in old.value:
                each = new.at(name)
                self._add("rule-added", at, each.pointer, None, each.value)
            else:
                self._inner(old.at(name), new.at(name), at)

    def _multiples(self, old: Node, new: Node, trail: str) -> None:
        was, is_ = Fraction(str(old.value)), Fraction(str(new.value))
        rule = "rule-changed"
        if is_ % was == 0:
            rule = "limit-tightened"
        elif was % is_ == 0:
            rule = "limit-loosened"
        self._add(rule, f"{trail}(multipleOf)", new.pointer, old.value, new.value)

    # How it is told ----------------------------------------------------------------------------

    def _whole(self, gone: bool, come: bool, old: Node, new: Node, trail: str) -> None:
        """Tell of rules that are compared as a whole."""
        if gone or come:
            rule = "rule-changed" if gone and come else "rule-removed" if gone else "rule-added"
            self._add(rule, trail, new.pointer, old.value, new.value)

    def _changed(self, old: Node, new: Node, trail: str) -> None:
        self._add("rule-changed", trail, new.pointer, old.value, new.value)

    def _inner(self, old: Node, new: Node, trail: str, on_request: bool = False) -> None:
        """Compare parts: here, or as a pair of their own where they refer to something."""
        if any(each.reference is not None or each.get("allOf") for each in (old, new)):
            if old.only_refers and new.only_refers:
                self._texts(old, new, trail)
            pair = self._pair
            key = self._all.pair(old, new, pair.side, pair.owner, trail, on_request)
            pair.inner.append(key)
        else:
            self.compare(old, new, trail, on_request)

    def _keyword(self, rule: str, trail: str, old: Node, new: Node, name: str) -> None:
        """Tell of a keyword that both, or one of them, may have."""
        at = new if _has(new, name) else old
        pointer = at.at(name).pointer if _has(at, name) else new.pointer
        where = f"{trail}({name})" if rule == "text-changed" else trail
        self._add(rule, where, pointer, old.get(name), new.get(name))

    def _tell(
        self, rule: str, trail: str, old: Node, new: Node, was: Any = None, is_: Any = None
    ) -> None:
        pointer = new.pointer if new.value is not ANYTHING else old.pointer
        self._add(rule, trail, pointer, was, is_)

    def _add(self, rule: str, trail: str, pointer: str, old: Any, new: Any) -> None:
        pair = self._pair
        assert pair.found is not None
        # Texts are the same to both sides.
        side = Side.EITHER if Side.EITHER in RULES[rule].verdicts else pair.side
        found = Difference(rule, side, pair.owner, trail, pointer, old, new)
        if found not in pair.found:
            pair.found.append(found)


def _any(beside: Node) -> Node:
    return Node(beside.root, ANYTHING, beside.pointer)


def _says_nothing(shape: Shape) -> bool:
    return shape.is_blank and not shape.choices


def _alone(shape: Shape) -> list[Node]:
    """Return a schema as one of one; as one of none where it takes null alone."""
    return [shape.node] if shape.types is None or shape.types else []


def _schema_of(others: Node | bool, shape: Shape) -> Node:
    return others if isinstance(others, Node) else _any(shape.node)


def _has(node: Node, name: str) -> bool:
    return isinstance(node.value, Mapping) and name in node.value


def _types(shape: Shape) -> Any:
    """Return the types of a shape as a schema has them."""
    if shape.types is None:
        return "anything"
    found = set(shape.types)
    if NUMBER in found:
        found.discard("integer")
    if shape.nullable:
        found.add("null")
    return sorted(found) if len(found) != 1 else found.pop()


def _listed(values: dict[str, Any] | None) -> list[Any] | None:
    return None if values is None else list(values.values())


def _tightness(limit: Limit | None) -> tuple[float, bool]:
    return (-math.inf, False) if limit is None else limit.tightness


def _shown(limit: Limit | None) -> dict[str, Any] | None:
    return None if limit is None else {limit.keyword: limit.value}


def _several(texts: Iterable[str]) -> Any:
    found = sorted(texts)
    return found[0] if len(found) == 1 else (found or None)


def _print_of(choice: tuple[str, list[Node]], prints: Prints) -> tuple[str, ...]:
    keyword, nodes = choice
    return keyword, *sorted(prints.of(each, WHOLE) for each in nodes)


__all__ = ["Difference", "Key", "SchemaComparison"]
