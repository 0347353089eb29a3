"""Serialising: a marshmallow schema compiled into one function.

The schema stays the one declaration. What marshmallow does for a field and an object with many
calls is written down once, as a dict display, for the objects and fields that are usual. Anything
else takes marshmallow's own way: for a field, for an object, or for the whole schema. The result is
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol

import orjson
from marshmallow import Schema, fields
from marshmallow.decorators import POST_DUMP, PRE_DUMP

from glue_core.fields import UtcDateTime

KEPT_CLASSES = 256

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

AS_THEY_ARE: Mapping[type[_Field], str] = {
    fields.String: "str",
    fields.Integer: "int",
    fields.Float: "float",
}
"""Fields whose values leave as they are when they have this very class."""

TIMES: Mapping[type[_Field], tuple[str, str]] = {
    fields.DateTime: ("datetime", "v.isoformat()"),
    fields.NaiveDateTime: ("datetime", "v.isoformat()"),
    fields.AwareDateTime: ("datetime", "v.isoformat()"),
    fields.Date: ("date", "v.isoformat()"),
    fields.Time: ("time", "v.isoformat()"),
    # The encoder spells a time in UTC as `isoformat` does, in a fourth of the time.
    UtcDateTime: ("datetime and v.tzinfo is utc", "encoded(v, None, with_z)[1:-1].decode()"),
}
"""Fields that spell values of one class, with their class and how they spell them."""

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
    return _compiled(schema, ())


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


def _compiled(schema: Schema, outer: tuple[type[Schema], ...]) -> Dumps:
    whole = Functions.singly(schema.dump)
    if not _is_usual(schema):
        return whole
    names: dict[str, Any] = {
        "whole": whole.one,
        "plain": _Plain(),
        "lists": frozenset((list, tuple)),
        "texts": frozenset((str,)),
        "datetime": datetime,
        "date": date,
        "time": time,
        "utc": UTC,
        "encoded": orjson.dumps,
        "with_z": orjson.OPT_UTC_Z,
    }
    by_key: list[str] = []
    by_attribute: list[str] = []
    for number, (name, field) in enumerate(schema.dump_fields.items()):
        source = field.attribute if field.attribute is not None else name
        if "." in source or not source.isidentifier():
            return whole
        shown = field.data_key if field.data_key is not None else name
        for entries, value in ((by_key, f"shown[{source!r}]"), (by_attribute, f"shown.{source}")):
            expression = _expression(field, name, value, number, names, (*outer, type(schema)))
            entries.append(f"{shown!r}: {expression}")
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


def _expression(
    field: _Field,
    name: str,
    value: str,
    number: int,
    names: dict[str, Any],
    outer: tuple[type[Schema], ...],
) -> str:
    """Return the expression that makes a field's value from ``value``."""
    kind = type(field)
    if kind in UNTOUCHED:
        return value
    as_it_is = AS_THEY_ARE.get(kind)
    if as_it_is is not None and not getattr(field, "as_string", False):
        names[f"field{number}"] = field._serialize
        return (
            f"(v if (v := {value}).__class__ is {as_it_is} else field{number}(v, {name!r}, shown))"
        )
    if kind in TIMES and getattr(field, "format", None) in ISO_FORMATS:
        test, spelled = TIMES[kind]
        names[f"field{number}"] = field._serialize
        return (
            f"({spelled} if (v := {value}).__class__ is {test} "
            f"else field{number}(v, {name!r}, shown))"
        )
    if isinstance(field, fields.Nested) and kind is fields.Nested:
        if type(field.schema) not in outer:
            names[f"field{number}"] = _nested(field, outer)
            return f"field{number}({value})"
    elif isinstance(field, fields.List) and kind is fields.List:
        inner = field.inner
        if isinstance(inner, fields.Nested) and type(inner) is fields.Nested:
            if type(inner.schema) not in outer:
                names[f"field{number}"] = _list_of(_nested(inner, outer))
                return f"field{number}({value})"
        elif type(inner) is fields.String:
            names[f"field{number}"] = field._serialize
            return (
                f"([*v] if (v := {value}).__class__ in lists and texts.issuperset(map(type, v)) "
                f"else field{number}(v, {name!r}, shown))"
            )
    names[f"field{number}"] = field._serialize
    return f"field{number}({value}, {name!r}, shown)"


def _nested(field: fields.Nested, outer: tuple[type[Schema], ...]) -> Callable[[Any], Any]:
    schema = field.schema
    many = schema.many or field.many
    if schema.many:
        return lambda value: None if value is None else schema.dump(value, many=True)
    one = _compiled(schema, outer).one
    if many:
        return lambda value: None if value is None else [one(each) for each in value]
    return lambda value: None if value is None else one(value)


def _list_of(one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else [one(each) for each in value]
