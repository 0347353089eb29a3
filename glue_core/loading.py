"""Loading: a marshmallow schema compiled into one function that holds a body against it.

The schema stays the one declaration. What marshmallow does for a field with many calls is written
down once for the fields and validators that are usual. A value that does not pass goes to its field
as marshmallow would give it, so what is said of it is the same; a schema that does more than to ask
its fields takes marshmallow's own way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate
from marshmallow.constants import missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

Messages = Mapping[Any, Any]
"""What is wrong, as a `ValidationError` carries it; nothing where all is well."""

Load = Callable[[Mapping[str, Any]], tuple[dict[str, Any], Messages]]
"""Makes the attributes of a body out of what the client sent."""

_Field = fields.Field[Any]

_OWN = ("load", "_do_load", "_deserialize", "handle_error")
"""Methods of a schema that nobody may have written anew."""

_FIELDS_OWN = ("deserialize", "_validate_missing", "make_error")
"""Methods of a field, likewise, where it is to be known what becomes of an absent value."""


def compile_load(schema: Schema) -> Load:
    """Compile a schema.

    Args:
        schema: An instance with its options; nobody changes it afterwards.

    Returns:
        A function that returns what ``schema.load`` returns, or what the `ValidationError` carries
        that it raises.
    """

    def whole(values: Mapping[str, Any]) -> tuple[dict[str, Any], Messages]:
        try:
            return schema.load(values), {}
        except ValidationError as error:
            # Of one object they are never a list.
            return {}, cast("dict[Any, Any]", error.messages)

    if not _is_usual(schema):
        return whole
    code = _Code(schema)
    names: dict[str, Any] = {
        **code.names,
        "whole": whole,
        "missing": missing,
        "Error": ValidationError,
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


class _Code:
    """The source of one function, and what its names stand for."""

    def __init__(self, schema: Schema) -> None:
        self.names: dict[str, Any] = {"texts": _are_texts, "refusals": _refusals}
        self.lines = [
            "def load(values):",
            "    if values.__class__ is not dict:",
            "        return whole(values)",
            "    loaded, errors, known = {}, {}, 0",
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
                "    if known != len(values):",
                "        for key in set(values) - keys:",
                "            errors[key] = [unknown]",
            ]
        self.lines.append("    return ({}, errors) if errors else (loaded, errors)")

    def _read(
        self, number: int, field: _Field, key: str, target: str, partial: bool | None
    ) -> None:
        """Write the lines for one field."""
        self.names[f"field{number}"] = field.deserialize
        given = "" if partial is None else f", partial={partial!r}"
        self.lines += [
            f"    value = values.get({key!r}, missing)",
            "    known += value is not missing",
        ]
        word = "if"
        test = self._test(number, field)
        if test is not None:
            kind, checks, made = test
            self.names[f"checks{number}"] = tuple(field.validators)
            self.lines += [
                f"    if {kind}:",
                f"        if {' and '.join(checks) or 'True'}: loaded[{target!r}] = {made}",
                f"        elif found := refusals(checks{number}, value): errors[{key!r}] = found",
                # A validator that changed its mind has nothing against the value.
                f"        else: loaded[{target!r}] = {made}",
            ]
            word = "elif"
        absent = "pass" if partial else self._absent(number, field, key, target)
        if absent is not None:
            self.lines.append(f"    {word} value is missing: {absent}")
            word = "elif"
        self.lines += [
            f"    {word} True:",
            "        try:",
            f"            value = field{number}(value, {key!r}, values{given})",
            f"            if value is not missing: loaded[{target!r}] = value",
            "        except Error as error:",
            f"            errors[{key!r}] = error.messages",
        ]

    def _absent(self, number: int, field: _Field, key: str, target: str) -> str | None:
        """Return what becomes of a field that is not sent; None leaves it to the field."""
        kind = type(field)
        if any(getattr(kind, name) is not getattr(fields.Field, name) for name in _FIELDS_OWN):
            return None
        if field.required:
            words = field.error_messages["required"]
            if not isinstance(words, str):
                return None
            self.names[f"required{number}"] = words.format()
            return f"errors[{key!r}] = [required{number}]"
        if field.load_default is missing:
            return "pass"
        self.names[f"default{number}"] = field.load_default
        made = f"default{number}()" if callable(field.load_default) else f"default{number}"
        return f"loaded[{target!r}] = {made}"

    def _test(self, number: int, field: _Field) -> tuple[str, list[str], str] | None:
        """Return the test of the usual class of a value, those of its validators, and the result.

        Returns:
            None for a field whose values are not left as they are.
        """
        kind = type(field)
        if field.pre_load or field.post_load:
            return None
        checks = self._checks(number, field)
        if kind is fields.String:
            return "value.__class__ is str", checks, "value"
        if kind is fields.Integer:
            return "value.__class__ is int", checks, "value"
        if isinstance(field, fields.List) and kind is fields.List:
            inner = field.inner
            if type(inner) is fields.String and not inner.pre_load and not inner.post_load:
                limits = _lengths(inner)
                if limits is not None and not inner.allow_none:
                    least, most = limits
                    self.names[f"most{number}"] = most
                    return f"texts(value, {least!r}, most{number})", checks, "value[:]"
        return None

    def _checks(self, number: int, field: _Field) -> list[str]:
        """Return the tests that the validators of a field are."""
        checks = []
        for index, validator in enumerate(field.validators):
            name = f"check{number}_{index}"
            if isinstance(validator, validate.Length) and type(validator) is validate.Length:
                if validator.equal is not None:
                    checks.append(f"len(value) == {validator.equal!r}")
                if validator.min is not None:
                    checks.append(f"len(value) >= {validator.min!r}")
                if validator.max is not None:
                    checks.append(f"len(value) <= {validator.max!r}")
            elif isinstance(validator, validate.Range) and type(validator) is validate.Range:
                self.names.update({f"{name}_min": validator.min, f"{name}_max": validator.max})
                if validator.min is not None:
                    checks.append(f"value {'>=' if validator.min_inclusive else '>'} {name}_min")
                if validator.max is not None:
                    checks.append(f"value {'<=' if validator.max_inclusive else '<'} {name}_max")
            else:
                self.names[name] = _passes(validator)
                checks.append(f"{name}(value)")
        return checks


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


def _are_texts(value: object, least: int, most: float) -> bool:
    """Say whether a value is a list of texts of these lengths."""
    if not isinstance(value, list) or value.__class__ is not list:
        return False
    for each in value:  # noqa: SIM110 - a generator would cost a call for each of them
        if each.__class__ is not str or not least <= len(each) <= most:
            return False
    return True


def _refusals(validators: Sequence[Callable[[Any], Any]], value: Any) -> list[Any]:
    """Return what validators have against a value, as a field puts it together."""
    found: list[Any] = []
    for validator in validators:
        try:
            validator(value)
        except ValidationError as error:
            messages = error.messages
            found += [messages] if isinstance(messages, dict) else messages
    return found


def _passes(validator: Callable[[Any], Any]) -> Callable[[Any], bool]:
    """Return a test that says whether a validator has nothing against a value."""

    def passes(value: Any) -> bool:
        try:
            validator(value)
        except ValidationError:
            return False
        return True

    return passes
