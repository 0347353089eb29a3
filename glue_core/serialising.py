"""Serialising: a marshmallow schema compiled into one function.

The schema stays the one declaration. What marshmallow does for a field and an object with many
calls is written down once, for the objects and fields that are usual. Anything else takes
marshmallow's own way: for a field, for an object, or for the whole schema. The result is the same.

It is written down as the source of a function, a dict display, which Python runs fastest; or where
this module is machine code itself, as the steps of a loop, which then is faster still.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol

import orjson
from marshmallow import Schema, fields
from marshmallow.decorators import POST_DUMP, PRE_DUMP

from glue_core.fields import UtcDateTime

KEPT_CLASSES = 256

IS_MACHINE_CODE = __file__.endswith(tuple(EXTENSION_SUFFIXES))
"""Whether this module was compiled: see `glue_core.compiled`."""

Dump = Callable[[Any], dict[str, Any]]
"""Makes the attributes of an object, ready for JSON."""

DumpAll = Callable[[Sequence[Any]], list[dict[str, Any]]]
"""Makes the attributes of objects, in their order."""


class Dumps(Protocol):
    """Makes the attributes of objects, ready for JSON."""

    def one(self, shown: Any, /) -> dict[str, Any]:
        """Make those of one object."""

    def all(self, objects: Sequence[Any], /) -> list[dict[str, Any]]:
        """Make the same of many, in order, which costs less than one after the other."""


@dataclass(frozen=True, slots=True)
class Functions:
    """Makes attributes by two functions."""

    one: Dump
    all: DumpAll

    @classmethod
    def singly(cls, one: Dump) -> Functions:
        """Return what makes the attributes of many objects one after the other."""
        return cls(one, lambda objects: [one(each) for each in objects])


_Field = fields.Field[Any]

UNTOUCHED = (fields.Raw, fields.Boolean)
"""Fields whose values leave as they are."""

AS_THEY_ARE: Mapping[type[_Field], type] = {
    fields.String: str,
    fields.Integer: int,
    fields.Float: float,
}
"""Fields whose values leave as they are when they have this very class."""

ISO_TIMES: Mapping[type[_Field], type] = {
    fields.DateTime: datetime,
    fields.NaiveDateTime: datetime,
    fields.AwareDateTime: datetime,
    fields.Date: date,
    fields.Time: time,
}
"""Fields that spell values of one class by ``isoformat``."""

ISO_FORMATS = (None, "iso", "iso8601")
"""Formats of times that are spelled so."""


def compile_dumps(schema: Schema) -> Dumps:
    """Compile a schema.

    Args:
        schema: An instance, with ``only`` and ``exclude`` applied; nobody changes it afterwards.

    Returns:
        Functions that return what ``schema.dump`` returns, for one object and for many. It is
        ``schema.dump`` itself where the schema has hooks or fields that look at more than their own
        value.
    """
    return compiled_by(looped if IS_MACHINE_CODE else generated, schema)


PLAIN: Mapping[type[_Field], type] = {
    fields.String: str,
    fields.Integer: int,
    fields.Float: float,
    fields.Boolean: bool,
}
"""Fields that show a value of one class as it is."""


def plain_fields(schema: Schema) -> dict[str, tuple[str, type]]:
    """Return the fields of a schema that show a value as it is, by name.

    Returns:
        The key of each in an object that is a dict, and the class that its value must have; nothing
        where the schema does more than to show its fields.
    """
    found: dict[str, tuple[str, type]] = {}
    if not _is_usual(schema):
        return found
    for name, field in schema.dump_fields.items():
        kind = PLAIN.get(type(field))
        source = field.attribute if field.attribute is not None else name
        if kind is not None and not getattr(field, "as_string", False) and "." not in source:
            found[name] = (source, kind)
    return found


class PlainPart:
    """Makes attributes that show values of dicts as they are.

    It costs little to make, so it is good for names that nobody may ask for again.
    """

    __slots__ = ("_get", "_kinds", "_names", "_other")

    def __init__(self, wanted: Sequence[tuple[str, str, type]], other: Callable[[], Dumps]) -> None:
        """Prepare them.

        Args:
            wanted: Name, key and class of at least two attributes: the name that clients see, and
                key and class as `plain_fields` gives them.
            other: Returns what makes them of objects that are no dict, and of other values.
        """
        self._names, keys, kinds = zip(*wanted, strict=True)
        self._kinds = kinds
        self._get = itemgetter(*keys)
        self._other = other

    def one(self, shown: Any) -> dict[str, Any]:
        """Make those of one object."""
        if shown.__class__ is dict:
            try:
                values = self._get(shown)
            except KeyError:
                return self._other().one(shown)
            if (*map(type, values),) == self._kinds:
                return dict(zip(self._names, values))  # noqa: B905 - a keyword takes as long again.
        return self._other().one(shown)

    def all(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Make those of many objects."""
        if {*map(type, objects)} == _DICTS:
            try:
                rows = [*map(self._get, objects)]
            except KeyError:
                return self._other().all(objects)
            if (*map(type, chain.from_iterable(rows)),) == self._kinds * len(rows):
                return _labels(len(self._names))(rows, *self._names)
        return self._other().all(objects)


_DICTS = {dict}


@lru_cache(maxsize=256)
def _labels(width: int) -> Callable[..., list[dict[str, Any]]]:
    """Return what puts so many names to the values of each of some rows."""
    names = [f"name{number}" for number in range(width)]
    values = [f"value{number}" for number in range(width)]
    pairs = ", ".join(map("{}: {}".format, names, values))
    # Every name in the code stands above.
    made: Callable[..., list[dict[str, Any]]] = eval(  # noqa: S307
        f"lambda rows, {', '.join(names)}: [{{{pairs}}} for {', '.join(values)}, in rows]", {}
    )
    return made


def part_of(whole: Dumps, wanted: Sequence[str]) -> Dumps:
    """Return what makes some of the attributes that another function makes.

    Args:
        whole: Makes all attributes.
        wanted: Names of those that are wanted, in order; one that an object lacks is left out.
    """

    def dump(shown: Any) -> dict[str, Any]:
        made = whole.one(shown)
        return {name: made[name] for name in wanted if name in made}

    def dump_all(objects: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {name: made[name] for name in wanted if name in made} for made in whole.all(objects)
        ]

    return Functions(dump, dump_all)


Other = Callable[[Any, str, Any], Any]
"""Makes what is shown of a value, the name of its field, and its object."""


@dataclass(frozen=True, slots=True)
class _Value:
    """How the value of one field is made.

    Attributes:
        other: Makes any value, or None where all leave as they are.
        kind: The class of the usual values, which need not go there.
        test: What else tells a usual value ``v``, as source behind that of its class.
        spelled: What makes a usual value ``v``, as source.
        spell: Makes a value of the class; None where it leaves as it is.
    """

    other: Other | None
    kind: type | None = None
    test: str = ""
    spelled: str = "v"
    spell: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a schema.

    Attributes:
        name: Its name in the schema.
        shown: Its name in what is made.
        source: Key or attribute of the objects that have it.
        value: How its value is made.
    """

    name: str
    shown: str
    source: str
    value: _Value


Make = Callable[[Sequence[_Part], Dump], Dumps]
"""Makes functions of fields, and of what makes the attributes of an object that is not usual."""


def compiled_by(make: Make, schema: Schema, outer: tuple[type[Schema], ...] = ()) -> Dumps:
    """Compile a schema as `compile_dumps` does, in one of the ways.

    Args:
        make: The way.
        schema: The schema.
        outer: Schemas that it is nested in.
    """
    whole = schema.dump
    if not _is_usual(schema):
        return Functions.singly(whole)
    parts = []
    for name, field in schema.dump_fields.items():
        source = field.attribute if field.attribute is not None else name
        if "." in source or not source.isidentifier():
            return Functions.singly(whole)
        shown = field.data_key if field.data_key is not None else name
        value = _value_of(field, name, (*outer, type(schema)), make)
        parts.append(_Part(name, shown, source, value))
    return make(parts, whole)


def generated(parts: Sequence[_Part], whole: Dump) -> Dumps:
    """Return functions whose source is written for these fields."""
    names: dict[str, Any] = {
        "whole": whole,
        "plain": _Plain(),
        "utc": UTC,
        "encoded": orjson.dumps,
        "with_z": orjson.OPT_UTC_Z,
    }
    by_key: list[str] = []
    by_attribute: list[str] = []
    for number, part in enumerate(parts):
        other, kind = part.value.other, part.value.kind
        names[f"other{number}"] = other
        if kind is not None:
            names[kind.__name__] = kind
        for entries, read in (
            (by_key, f"shown[{part.source!r}]"),
            (by_attribute, f"shown.{part.source}"),
        ):
            if other is None:
                made = read
            elif kind is None:
                made = f"other{number}({read}, {part.name!r}, shown)"
            else:
                made = (
                    f"({part.value.spelled} "
                    f"if (v := {read}).__class__ is {kind.__name__}{part.value.test} "
                    f"else other{number}(v, {part.name!r}, shown))"
                )
            entries.append(f"{part.shown!r}: {made}")
    of_dict, of_object = f"{{{', '.join(by_key)}}}", f"{{{', '.join(by_attribute)}}}"
    code = (
        "def dump(shown):\n"
        "    if shown.__class__ is dict:\n"
        "        try:\n"
        f"            return {of_dict}\n"
        "        except KeyError:\n"
        "            return whole(shown)\n"
        "    if plain[shown.__class__]:\n"
        "        try:\n"
        f"            return {of_object}\n"
        "        except AttributeError:\n"
        "            return whole(shown)\n"
        "    return whole(shown)\n"
        "def dump_all(objects):\n"
        "    kinds = {*map(type, objects)}\n"
        "    kind = kinds.pop() if len(kinds) == 1 else None\n"
        "    try:\n"
        "        if kind is dict:\n"
        f"            return [{of_dict} for shown in objects]\n"
        "        if kind is not None and plain[kind]:\n"
        f"            return [{of_object} for shown in objects]\n"
        "    except (AttributeError, KeyError):\n"
        "        pass\n"
        "    return [dump(shown) for shown in objects]\n"
    )
    # Every name in the code is an identifier or a quoted text of the schema's own.
    exec(code, names)  # noqa: S102
    return Functions(names["dump"], names["dump_all"])


Step = tuple[str, str, type | None, Callable[[Any], Any] | None, Other | None, str]
"""A `_Part` as a loop reads it: shown, source, kind, spell, other, name."""


def looped(parts: Sequence[_Part], whole: Dump) -> Dumps:
    """Return functions that go from field to field."""
    steps: tuple[Step, ...] = tuple(
        (each.shown, each.source, each.value.kind, each.value.spell, each.value.other, each.name)
        for each in parts
    )
    plain = _Plain()

    def dump(shown: Any) -> dict[str, Any]:
        kind = shown.__class__
        try:
            if kind is dict:
                return _by_key((shown,), steps)[0]
            if plain[kind]:
                return _by_attribute((shown,), steps)[0]
        except (AttributeError, KeyError):
            pass
        return whole(shown)

    def dump_all(objects: Sequence[Any]) -> list[dict[str, Any]]:
        kinds = {*map(type, objects)}
        kind = kinds.pop() if len(kinds) == 1 else None
        try:
            if kind is dict:
                return _by_key(objects, steps)
            if kind is not None and plain[kind]:
                return _by_attribute(objects, steps)
        except (AttributeError, KeyError):
            pass
        return [dump(shown) for shown in objects]

    return Functions(dump, dump_all)


def _by_key(objects: Sequence[Any], steps: Sequence[Step]) -> list[dict[str, Any]]:
    made = []
    for shown in objects:
        attributes: dict[str, Any] = {}
        for name, source, kind, spell, other, field in steps:
            value = shown[source]
            if type(value) is kind:
                if spell is not None:
                    value = spell(value)
            elif other is not None:
                value = other(value, field, shown)
            attributes[name] = value
        made.append(attributes)
    return made


def _by_attribute(objects: Sequence[Any], steps: Sequence[Step]) -> list[dict[str, Any]]:
    made = []
    for shown in objects:
        attributes: dict[str, Any] = {}
        for name, source, kind, spell, other, field in steps:
            value = getattr(shown, source)
            if type(value) is kind:
                if spell is not None:
                    value = spell(value)
            elif other is not None:
                value = other(value, field, shown)
            attributes[name] = value
        made.append(attributes)
    return made


def _is_usual(schema: Schema) -> bool:
    """Say whether a schema leaves the work to its fields, and those look at their values alone."""
    if schema.many or schema._hooks[PRE_DUMP] or schema._hooks[POST_DUMP]:
        return False
    kind = type(schema)
    if kind.get_attribute is not Schema.get_attribute or kind.dump is not Schema.dump:
        return False
    return schema.dict_class is dict and all(
        field._CHECK_ATTRIBUTE
        and type(field).serialize is fields.Field.serialize
        and type(field).get_value is fields.Field.get_value
        for field in schema.dump_fields.values()
    )


class _Plain(dict[type, bool]):
    """Whether marshmallow reads objects of a class by attribute, never by key."""

    def __missing__(self, kind: type) -> bool:
        is_plain = not hasattr(kind, "__getitem__")
        if len(self) < KEPT_CLASSES:
            self[kind] = is_plain
        return is_plain


def _value_of(field: _Field, name: str, outer: tuple[type[Schema], ...], make: Make) -> _Value:
    """Return how a field's value is made, as it makes it itself."""
    kind = type(field)
    if kind in UNTOUCHED:
        return _Value(None)
    other: Other = field._serialize
    if kind in AS_THEY_ARE and not getattr(field, "as_string", False):
        return _Value(other, AS_THEY_ARE[kind])
    if getattr(field, "format", None) in ISO_FORMATS:
        if kind in ISO_TIMES:
            usual = ISO_TIMES[kind]
            spell: Callable[[Any], Any] = usual.isoformat  # type: ignore[attr-defined]
            return _Value(other, usual, "", "v.isoformat()", spell)
        if kind is UtcDateTime:
            # The encoder spells a time in UTC as `isoformat` does, in a fourth of the time.
            spelled = "encoded(v, None, with_z)[1:-1].decode()"
            return _Value(other, datetime, " and v.tzinfo is utc", spelled, _utc(other, name))
    if isinstance(field, fields.Nested) and kind is fields.Nested:
        if type(field.schema) not in outer:
            return _Value(_nested(field, outer, make))
    elif isinstance(field, fields.List) and kind is fields.List:
        inner = field.inner
        if isinstance(inner, fields.Nested) and type(inner) is fields.Nested:
            if type(inner.schema) not in outer:
                return _Value(_list_of(_nested(inner, outer, make)))
        elif type(inner) is fields.String:
            return _Value(_list_of_texts(other))
    return _Value(other)


def _utc(other: Other, name: str) -> Callable[[datetime], Any]:
    def spell(value: datetime) -> Any:
        if value.tzinfo is UTC:
            return orjson.dumps(value, None, orjson.OPT_UTC_Z)[1:-1].decode()
        return other(value, name, None)

    return spell


def _nested(field: fields.Nested, outer: tuple[type[Schema], ...], make: Make) -> Other:
    schema = field.schema
    if schema.many:
        return lambda value, name, shown: None if value is None else schema.dump(value, many=True)
    one = compiled_by(make, schema, outer).one
    if field.many:
        return lambda value, name, shown: None if value is None else [one(each) for each in value]
    return lambda value, name, shown: None if value is None else one(value)


def _list_of(one: Other) -> Other:
    return lambda value, name, shown: (
        None if value is None else [one(each, name, shown) for each in value]
    )


def _list_of_texts(other: Other) -> Other:
    def made(value: Any, name: str, shown: Any) -> Any:
        if value.__class__ in _LISTS and _TEXTS.issuperset(map(type, value)):
            return [*value]
        return other(value, name, shown)

    return made


_LISTS = frozenset((list, tuple))
_TEXTS = frozenset((str,))
