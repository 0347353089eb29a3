"""Schemas: from marshmallow's declarations, which validate and serialise, to JSON Schema.

The fields are read by apispec. What is added here makes the result say exactly what Glue takes and
shows: bodies and answers differ, patterns are spelled for everybody, and every nested schema is
shared under one name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import EXCLUDE, INCLUDE, Schema, fields
from marshmallow.validate import Regexp

from glue_core.openapi.fragment import JsonSchema, any_of
from glue_core.openapi.naming import pascal, texts_of

VERSION = "3.1.0"
"""Version of OpenAPI."""

JSON_SCHEMA = "json_schema"
"""Attribute of a validator with what it asks as JSON Schema: `glue_core.as_json_schema`."""

Share = Callable[[str, object, Callable[[], JsonSchema]], JsonSchema]
"""Puts a schema among those that are shared, by name and key, and returns a reference to it."""

ANNOTATIONS = ("title", "description", "deprecated", "example", "examples")
"""Members of a schema that say something of its values, and ask nothing of them."""

# Inline flags, references by name, conditions, possessive repetition, and Python's own anchors.
_NOT_PORTABLE = re.compile(r"\(\?[^:=!<]|[*+?}]\+|\\[AaZ]")
# A dot, or what it must not be mistaken for: an escape, or a set with whatever is in it.
_DOT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\.")
_NAMED_GROUP = re.compile(r"\(\?P<[A-Za-z_]\w*>")


class Converter(OpenAPIConverter):
    """Reads fields as answers show them, or as bodies may hold them."""

    def __init__(
        self,
        share: Share,
        *,
        takes: bool,
        partial: bool = False,
        spell: Callable[[str], str] | None = None,
        empty_map: JsonSchema | None = None,
    ) -> None:
        """Read fields.

        Args:
            share: Shares nested schemas.
            takes: Whether it is about bodies; else about answers.
            partial: Whether what is required may be left out, as in a PATCH.
            spell: Respells declared names; None leaves them.
            empty_map: What a convention writes for an object without members, where that is no
                object; None for a convention that writes one.
        """
        # The specification that apispec would fill is ours to write: it only keeps the version.
        super().__init__(VERSION, lambda schema: None, cast(APISpec, None))
        self._share = share
        self._takes = takes
        self._partial = partial
        self._spell = spell or str
        self._empty_map = empty_map

    def object_of(
        self,
        schema: Schema,
        names: Iterable[str] | None = None,
        *,
        closed: bool | None = None,
        owner: str = "",
    ) -> JsonSchema:
        """Return the schema of objects.

        Args:
            schema: An instance.
            names: The members that there are, as clients write them; None for all.
            closed: Whether a body with another member is refused; None asks the schema.
            owner: What the names of its choices start with; the name of the schema by default.
        """
        held = schema.load_fields if self._takes else schema.dump_fields
        by_name = {field.data_key or name: field for name, field in held.items()}
        shown = by_name if names is None else {n: by_name[n] for n in names if n in by_name}
        found: JsonSchema = {"type": "object"}
        summary, rest = texts_of(_docstring(type(schema)))
        if summary:
            found["description"] = f"{summary}\n\n{rest}" if rest else summary
        owner = owner or type(schema).__name__.removesuffix("Schema").removesuffix("Attributes")
        found["properties"] = {
            self._spell(name): self._with_shared_choices(
                self.property_of(field), owner + pascal(name)
            )
            for name, field in shown.items()
        }
        if not self._takes:
            return found
        required = sorted(self._spell(name) for name, field in shown.items() if field.required)
        if required and not self._partial:
            found["required"] = required
        is_closed = schema.unknown not in (EXCLUDE, INCLUDE) if closed is None else closed
        if is_closed:
            found["additionalProperties"] = False
        return found

    def property_of(self, field: fields.Field[Any]) -> JsonSchema:
        """Return the schema of a field's values, ready for JSON."""
        return cast(JsonSchema, self._finished(self.field2property(field)))

    def _with_shared_choices(self, shown: JsonSchema, name: str) -> JsonSchema:
        """Return the schema of an attribute with its choices among the shared ones.

        Answers and bodies then have one type for them in generated code. Null is no choice.
        """
        if "items" in shown:
            return {**shown, "items": self._with_shared_choices(shown["items"], name)}
        choices = shown.get("enum")
        if not choices or not all(each is None or isinstance(each, str) for each in choices):
            return shown
        texts = tuple(each for each in choices if each is not None)
        choice = self._share(name, texts, lambda: {"type": "string", "enum": list(texts)})
        rest = {key: each for key, each in shown.items() if key not in ("type", "enum")}
        if len(texts) == len(choices):
            return {**choice, **rest}
        return {"anyOf": [choice, {"type": "null"}], **rest}

    # What apispec asks of a converter.

    def field2property(self, field: fields.Field[Any]) -> JsonSchema:
        found = cast(JsonSchema, super().field2property(field))
        if getattr(field, "as_string", False) and "type" in found:
            nullable = isinstance(found["type"], list)
            found["type"] = ["string", "null"] if nullable else "string"
            for name in ("minimum", "maximum"):
                found.pop(name, None)
        if isinstance(field, fields.Mapping):
            self._complete_mapping(field, found)
        for each in field.validators:
            asked = getattr(each, JSON_SCHEMA, None)
            if asked is not None:
                _add(found, asked)
        return found if self._empty_map is None else _or_empty(found, self._empty_map)

    def _complete_mapping(self, field: fields.Mapping[Any], found: JsonSchema) -> None:
        """Say what apispec does not of a map: its keys, and how many entries it may have."""
        for text, entries in (("minLength", "minProperties"), ("maxLength", "maxProperties")):
            if text in found:
                found[entries] = found.pop(text)
        if field.key_field is not None and self._takes:
            keys = self.field2property(field.key_field)
            keys.pop("type", None)
            if keys:
                found["propertyNames"] = keys

    def field2pattern(self, field: fields.Field[Any], **kwargs: Any) -> JsonSchema:
        rules = [each.regex for each in field.validators if isinstance(each, Regexp)]
        spelled = [portable_pattern(each) for each in rules]
        found = [each for each in spelled if each is not None]
        if not found:
            return {}
        if len(found) == 1:
            return {"pattern": found[0]}
        return {"allOf": [{"pattern": each} for each in found]}

    def resolve_nested_schema(self, schema: Any) -> JsonSchema:
        held = cast(Schema, schema)
        kind = type(held)
        key = (
            kind,
            held.only and frozenset(held.only),
            frozenset(held.exclude),
            self._takes,
            self._partial,
            self._spell is not str,
            self._empty_map is not None,
        )
        name = kind.__name__ + ("Snake" if self._spell is not str else "")
        if self._takes:
            name += "Change" if self._partial else "Body"
        return self._share(name, key, lambda: self.object_of(held))

    def _finished(self, found: Any) -> Any:
        """Return a schema without what only one side needs, and with its examples as a list."""
        if isinstance(found, list):
            return [self._finished(each) for each in found]
        if not isinstance(found, Mapping):
            return found if isinstance(found, (str, int, float, bool, type(None))) else str(found)
        # A change leaves alone what its body does not name: nothing gets a default.
        has_defaults = self._takes and not self._partial
        left_out = {"readOnly", "writeOnly", *(() if has_defaults else ("default",))}
        shown = {
            name: self._finished(value)
            for name, value in found.items()
            if name not in left_out
            and not name.startswith(("x-minimum", "x-maximum"))
            and not (name in ("pattern", "format") and value is None)
        }
        if "example" in shown:
            shown.setdefault("examples", [shown.pop("example")])
        return shown


def _or_empty(found: JsonSchema, empty: JsonSchema) -> JsonSchema:
    """Return a schema whose objects are written in another way where they have no members."""
    rest = dict(found)
    types = rest.get("type", ())
    types = [types] if isinstance(types, str) else list(types)
    if "object" in types:
        about = {name: rest.pop(name) for name in ANNOTATIONS if name in rest}
        others = [{"type": each} for each in types if each != "object"]
        return {**about, **any_of([{**rest, "type": "object"}, empty, *others])}
    if "$ref" in rest:
        return {**any_of([{"$ref": rest.pop("$ref")}, empty]), **rest}
    if any("$ref" in each for each in rest.get("anyOf", ())):
        return {**any_of([*rest.pop("anyOf"), empty]), **rest}
    return rest


def _add(schema: JsonSchema, asked: Mapping[str, Any]) -> None:
    """Ask more of a schema; what it asks already in another way stays."""
    if asked.keys() & schema.keys():
        schema.setdefault("allOf", []).append(dict(asked))
    else:
        schema.update(asked)


def portable_pattern(rule: re.Pattern[Any]) -> str | None:
    """Return a regular expression as JSON Schema has it; None where it cannot say the same.

    A validator of marshmallow looks from the start of a text, which a pattern must say itself.
    """
    text = rule.pattern
    if not isinstance(text, str) or rule.flags & (re.IGNORECASE | re.VERBOSE | re.MULTILINE):
        return None
    if rule.flags & re.DOTALL:
        text = _DOT.sub(lambda found: r"[\s\S]" if found[0] == "." else found[0], text)
    if text.endswith("\\Z"):
        text = text[:-2] + "$"
    if text.startswith("\\A"):
        text = "^" + text[2:]
    text = _NAMED_GROUP.sub("(", text)
    if _NOT_PORTABLE.search(text) is not None:
        return None
    return text if text.startswith("^") and "|" not in text else f"^(?:{text})"


def _docstring(kind: type[Schema]) -> str | None:
    """Return what a schema says of itself; what was derived from it says the same."""
    for each in kind.__mro__:
        if each is Schema:
            return None
        if each.__dict__.get("__doc__"):
            return each.__doc__
    return None
