"""Loading: a marshmallow schema compiled into one function that holds a body against it.

The schema stays the one declaration. What marshmallow does for a field with many calls is written
down once for the fields and validators that are usual, with what they say of a value that they
refuse. Any other value goes to its field as marshmallow would give it, so what is said of it is the
same; a schema that does more than to ask its fields takes marshmallow's own way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate
from marshmallow.constants import missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

from glue_core.codes import INVALID_ATTRIBUTE
from glue_core.fields import UtcDateTime
from glue_core.messages import GlueError
from glue_core.serialising import ISO_FORMATS
from glue_core.violations import Violation, place_of, violations

Load = Callable[[Mapping[str, Any], str], tuple[dict[str, Any], list[GlueError]]]
"""Makes the attributes of a body out of what the client sent, or says what is wrong with it.

The second argument is the JSON Pointer to the attributes, where those of the errors start.
"""

_Field = fields.Field[Any]

_OWN = ("load", "_do_load", "_deserialize", "handle_error")
"""Methods of a schema that nobody may have written anew."""

_FIELDS_OWN = ("deserialize", "_validate_missing")
"""Methods of a field, likewise, where it is to be known what becomes of an absent value."""

_SAY_REQUIRED = (fields.Field.make_error, UtcDateTime.make_error)
"""Methods that word a missing value as the field's messages do."""

_AS_THEY_ARE: Mapping[type[_Field], str] = {
    fields.String: "value.__class__ is str",
    fields.Integer: "value.__class__ is int",
    fields.Float: "value.__class__ is float and value - value == 0",
}
"""Fields that take values as they are, with the test of those; a float is a number here."""

_TIMES: Mapping[type[_Field], tuple[Callable[[str], Any], str]] = {
    fields.DateTime: (datetime.fromisoformat, "made"),
    fields.AwareDateTime: (datetime.fromisoformat, "made if made.tzinfo is not None else None"),
    fields.NaiveDateTime: (datetime.fromisoformat, "made if made.tzinfo is None else None"),
    fields.Date: (date.fromisoformat, "made"),
    fields.Time: (time.fromisoformat, "made"),
    UtcDateTime: (
        datetime.fromisoformat,
        "made.astimezone(utc) if made.tzinfo is not None else None",
    ),
}
"""Fields that read a text: with what, and what becomes of it; None leaves it to the field."""

_COLLECTIONS = (list, tuple, set, frozenset)
_SIMPLE = frozenset((str, int, float, bool, type(None)))
"""Classes whose values compare without surprises."""


def compile_load(schema: Schema, shown: Collection[str] = ()) -> Load:
    """Compile a schema.

    Args:
        schema: An instance with its options; nobody changes it afterwards.
        shown: Names that clients see: what is sent by one of them and not known to the schema is
            read-only, not unknown.

    Returns:
        A function that returns what ``schema.load`` returns, or an error for each violation in the
        `ValidationError` that it raises.
    """

    def mark(errors: list[GlueError], pointer: str) -> None:
        for each in errors:
            if each.kind == "unknown" and (each.pointer or "")[len(pointer) + 1 :] in shown:
                each.kind = "read_only"

    def whole(values: Mapping[str, Any], pointer: str) -> tuple[dict[str, Any], list[GlueError]]:
        try:
            return schema.load(values), []
        except ValidationError as error:
            errors = violations(_as_sent(error.messages, values), pointer)
            mark(errors, pointer)
            return {}, errors

    if not _is_usual(schema):
        return whole
    code = _Code(schema)
    names: dict[str, Any] = {
        **code.names,
        "whole": whole,
        "mark": mark,
        "missing": missing,
        "violations": violations,
        "GlueError": GlueError,
        "ValidationError": ValidationError,
    }
    # Every name in the code is one of ours, or a quoted text of the schema's own.
    exec("\n".join(code.lines), names)  # noqa: S102
    compiled: Load = names["load"]
    return compiled


def _is_usual(schema: Schema) -> bool:
    """Say whether a schema leaves the work to its fields."""
    hooks = (PRE_LOAD, POST_LOAD, VALIDATES, VALIDATES_SCHEMA)
    if schema.many or any(schema._hooks[each] for each in hooks):
        return False
    if schema.unknown not in (RAISE, EXCLUDE) or schema.partial not in (None, True, False):
        return False
    if any(getattr(type(schema), name) is not getattr(Schema, name) for name in _OWN):
        return False
    return schema.dict_class is dict and all(
        "." not in (field.attribute or name) for name, field in schema.load_fields.items()
    )


@dataclass(frozen=True, slots=True)
class _Usual:
    """How values that are usual for a field are taken.

    Attributes:
        test: The expression that says whether ``value`` is one.
        name: The name that what becomes of it has then.
        before: Lines that run before the test.
    """

    test: str
    name: str = "value"
    before: tuple[str, ...] = ()


def _as_sent(messages: Any, values: object) -> Any:
    """Return messages with those of unknown members in the order in which these were sent.

    marshmallow takes them from a set, whose order is another one in each process.
    """
    if not isinstance(values, Mapping):
        return messages
    unknown = [key for key in values if key in messages and _is_of_unknown(messages[key])]
    if len(unknown) < 2:
        return messages
    in_order = iter(unknown)
    places = set(unknown)
    return {
        name: messages[name]
        for name in (next(in_order) if key in places else key for key in messages)
    }


def _is_of_unknown(messages: Any) -> bool:
    return (
        isinstance(messages, list)
        and len(messages) == 1
        and isinstance(messages[0], Violation)
        and messages[0].kind == "unknown"
    )


class _Code:
    """The source of one function, and what its names stand for."""

    def __init__(self, schema: Schema) -> None:
        self.names: dict[str, Any] = {"texts": _texts, "utc": UTC}
        self.lines = [
            "def load(values, pointer):",
            "    if values.__class__ is not dict:",
            "        return whole(values, pointer)",
            "    loaded, errors, lacking, get = {}, [], 0, values.get",
        ]
        partial = None if schema.partial is None else bool(schema.partial)
        for number, (name, field) in enumerate(schema.load_fields.items()):
            key = field.data_key if field.data_key is not None else name
            self._read(number, field, key, field.attribute or name, partial)
        if schema.unknown == RAISE:
            keys = {
                name if field.data_key is None else field.data_key
                for name, field in schema.load_fields.items()
            }
            self.names.update(keys=keys, unknown=schema.error_messages["unknown"])
            self.lines += [
                f"    if len(values) + lacking != {len(keys)}:",
                "        messages = {key: [unknown] for key in values if key not in keys}",
                "        errors += violations(messages, pointer)",
                "        mark(errors, pointer)",
            ]
        self.lines.append("    return ({}, errors) if errors else (loaded, errors)")

    def _refuse(self, name: str, words: Any, key: str) -> str:
        """Return the statement that refuses the value of a field.

        Args:
            name: Name for what cannot be written into the code.
            words: What a field or a validator says of the value.
            key: Name of the field in bodies.
        """
        place = f"pointer + {place_of(key)!r}"
        if type(words) is not Violation:
            self.names[name] = words
            return f"errors += violations({name}, {place})"
        self.names[name] = words.arguments
        said = f"{INVALID_ATTRIBUTE!r}, {str(words)!r}, {words.kind!r}, {name}, {place}"
        return f"errors.append(GlueError(422, {said}))"

    def _read(
        self, number: int, field: _Field, key: str, target: str, partial: bool | None
    ) -> None:
        """Write the lines for one field."""
        self.names[f"field{number}"] = field.deserialize
        given = "" if partial is None else f", partial={partial!r}"
        asked = [
            "        try:",
            f"            value = field{number}(value, {key!r}, values{given})",
            f"            if value is not missing: loaded[{target!r}] = value",
            "        except ValidationError as error:",
            f"            errors += violations(error.messages, pointer + {place_of(key)!r})",
        ]
        self.lines.append(f"    value = get({key!r}, missing)")
        word = "if"
        usual = self._usual(number, field)
        if usual is not None:
            self.lines += [*usual.before, f"    if {usual.test}:"]
            self._validate(number, field, usual.name, key, target)
            word = "elif"
        absent = "pass" if partial else self._absent(number, field, key, target)
        self.lines += [f"    {word} value is missing:", "        lacking += 1"]
        self.lines += asked if absent is None else [f"        {absent}"]
        if field.allow_none and not field.pre_load and _has_own(field, _FIELDS_OWN):
            self.lines.append(f"    elif value is None: loaded[{target!r}] = None")
        self.lines += ["    else:", *asked]

    def _absent(self, number: int, field: _Field, key: str, target: str) -> str | None:
        """Return what becomes of a field that is not sent; None leaves it to the field."""
        if not _has_own(field, _FIELDS_OWN):
            return None
        if field.required:
            words = field.error_messages["required"]
            if not isinstance(words, str) or type(field).make_error not in _SAY_REQUIRED:
                return None
            return self._refuse(f"required{number}", words.format(), key)
        if field.load_default is missing:
            return "pass"
        self.names[f"default{number}"] = field.load_default
        made = f"default{number}()" if callable(field.load_default) else f"default{number}"
        return f"loaded[{target!r}] = {made}"

    def _usual(self, number: int, field: _Field) -> _Usual | None:
        """Return how usual values are taken; None for a field that is asked about each."""
        kind = type(field)
        if field.pre_load or field.post_load:
            return None
        if kind in _AS_THEY_ARE:
            return _Usual(_AS_THEY_ARE[kind])
        if isinstance(field, fields.Boolean) and _is_plain(field):
            return _Usual("value is True or value is False")
        if kind in _TIMES and getattr(field, "format", None) in ISO_FORMATS:
            self.names[f"read{number}"], made = _TIMES[kind]
            before = (
                "    if value.__class__ is str:",
                "        try:",
                f"            made = read{number}(value)",
                f"            made = {made}",
                "        except (ValueError, OverflowError): made = None",
                "    else: made = None",
            )
            return _Usual("made is not None", "made", before)
        if isinstance(field, fields.List) and kind is fields.List:
            inner = field.inner
            if type(inner) is fields.String and not inner.pre_load and not inner.post_load:
                limits = _lengths(inner)
                if limits is not None and not inner.allow_none:
                    least, most = limits
                    self.names[f"most{number}"] = most
                    test = f"(made := texts(value, {least!r}, most{number})) is not None"
                    return _Usual(test, "made")
        return None

    def _validate(self, number: int, field: _Field, name: str, key: str, target: str) -> None:
        """Write what the validators of a field do with a value of its own.

        Each is asked, in order, and all that they say is told, as marshmallow does. The value is
        taken meanwhile: of a body that anything is wrong with nothing is loaded.
        """
        self.lines.append(f"        loaded[{target!r}] = {name}")
        for index, validator in enumerate(field.validators):
            check = f"check{number}_{index}"
            rule = self._rule(check, validator, name, field, key)
            if rule is not None:
                self.lines.append(f"        {rule}")
                continue
            self.names[check] = validator
            self.lines += [
                f"        try: {check}({name})",
                "        except ValidationError as error:",
                f"            errors += violations(error.messages, pointer + {place_of(key)!r})",
            ]

    def _rule(self, check: str, validator: Any, name: str, field: _Field, key: str) -> str | None:
        """Return the statement that refuses a value.

        Returns:
            None for a validator that must be asked: one of somebody's own, or one whose words
            depend on the value.
        """
        kind = type(validator)
        words: tuple[str, ...] = ()
        if kind is validate.Length or kind is validate.Range:
            refused, words = self._limits(check, validator, name)
        elif kind is validate.Regexp:
            self.names[check] = validator.regex.match
            refused = f"{check}({name}) is None"
        elif kind is validate.OneOf and type(validator.choices) in _COLLECTIONS:
            if not _SIMPLE.issuperset(map(type, validator.choices)):
                return None
            if isinstance(field, fields.List):
                # No list is among them, and to look for one in a set fails.
                return None
            self.names[check] = validator.choices
            refused = f"{name} not in {check}"
        else:
            return None
        if "input" in (validator.error or words[0]):
            return None
        try:
            said = validator._format_error(None, *words)
        except (LookupError, ValueError, AttributeError):
            # A template that asks for what nobody has fails no sooner than it is needed.
            return None
        return f"if {refused}: {self._refuse(f'{check}_words', said, key)}"

    def _limits(self, check: str, validator: Any, name: str) -> tuple[str, tuple[str]]:
        """Return the expression that the limits of a value are, and the template of its words."""
        least, most, message = validator.min, validator.max, validator.message_all
        if least is None or most is None:
            message = validator.message_max if least is None else validator.message_min
        below, above = "<", ">"
        if isinstance(validator, validate.Range):
            below = "<" if validator.min_inclusive else "<="
            above = ">" if validator.max_inclusive else ">="
        else:
            name = f"len({name})"
            if validator.equal is not None:
                self.names[f"{check}_equal"] = validator.equal
                return f"{name} != {check}_equal", (validator.message_equal,)
        self.names.update({f"{check}_min": least, f"{check}_max": most})
        refused = [] if least is None else [f"{name} {below} {check}_min"]
        refused += [] if most is None else [f"{name} {above} {check}_max"]
        return " or ".join(refused) or "False", (message,)


def _has_own(field: _Field, names: Sequence[str]) -> bool:
    """Say whether a field has methods as marshmallow has written them."""
    return all(getattr(type(field), name) is getattr(fields.Field, name) for name in names)


def _is_plain(field: fields.Boolean) -> bool:
    """Say whether a field takes truth and falsehood for what they are."""
    if type(field) is not fields.Boolean:
        return False
    return True in field.truthy and False in field.falsy and False not in field.truthy


def _lengths(field: fields.String) -> tuple[int, float] | None:
    """Return the shortest and the longest text that a field takes; None where it asks for more."""
    least, most = 0, float("inf")
    for validator in field.validators:
        if not isinstance(validator, validate.Length) or type(validator) is not validate.Length:
            return None
        if validator.equal is not None:
            return None
        least = max(least, validator.min or 0)
        most = min(most, most if validator.max is None else validator.max)
    return least, most


def _texts(value: Any, least: int, most: float) -> list[str] | None:
    """Return a copy of a value that is a list of texts of these lengths; None of any other."""
    if value.__class__ is not list:
        return None
    for each in value:
        if each.__class__ is not str or not least <= len(each) <= most:
            return None
    copied: list[str] = value[:]
    return copied
