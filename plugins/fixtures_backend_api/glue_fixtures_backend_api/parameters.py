"""Parameters of makers: typed values, some of which may come from what was made before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

FROM = "from"
SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Given:
    """What a request says of one thing.

    Attributes:
        raw: The parameters as they came, references among them.
    """

    raw: Mapping[str, Any]

    def references(self) -> Iterator[str]:
        """Yield what the parameters take from things made before, such as ``anna/email``."""
        yield from _references(self.raw)

    def resolved(self, made: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the parameters with what they take from things made before.

        Args:
            made: What was made, by the names that the request gave it.

        Raises:
            ValidationError: What was made has nothing of that name.
        """
        found: dict[str, Any] = {}
        wrong: dict[str, list[str]] = {}
        for name, value in self.raw.items():
            try:
                found[name] = _resolved(value, made)
            except LookupError as error:
                wrong[name] = [f"Nothing that was made has {error.args[0]!r}."]
        if wrong:
            raise ValidationError(wrong)
        return found


class Parameters(fields.Nested):
    """Parameters by the schema of a maker, which does not judge what comes from something else."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        partial: Any = None,
        **kwargs: Any,
    ) -> Given:
        if not isinstance(value, Mapping):
            raise self.make_error("type", input=value, type=value.__class__.__name__)
        taken = [name for name, each in value.items() if any(_references(each))]
        judged = {name: each for name, each in value.items() if name not in taken}
        known = {each.data_key or name: name for name, each in self.schema.fields.items()}
        unknown = {name: ["Unknown field."] for name in taken if name not in known}
        try:
            self.schema.load(judged, partial=[known[each] for each in taken if each in known])
        except ValidationError as error:
            # A schema names each field in its messages.
            raise ValidationError({**unknown, **error.messages_dict}) from error
        if unknown:
            raise ValidationError(unknown)
        return Given(value)


def reference_in(value: Any) -> str | None:
    """Return what a value refers to, or None where it says something itself."""
    if isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get(FROM), str):
        found: str = value[FROM]
        return found
    return None


def _references(value: Any) -> Iterator[str]:
    reference = reference_in(value)
    if reference is not None:
        yield reference
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _resolved(value: Any, made: Mapping[str, Mapping[str, Any]]) -> Any:
    reference = reference_in(value)
    if reference is not None:
        return _found(reference, made)
    if isinstance(value, Mapping):
        return {name: _resolved(each, made) for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, made) for each in value]
    return value


def _found(reference: str, made: Mapping[str, Mapping[str, Any]]) -> Any:
    found: Any = made
    for part in reference.split(SEPARATOR):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif (
            isinstance(found, list) and part.isascii() and part.isdigit() and int(part) < len(found)
        ):
            found = found[int(part)]
        else:
            raise LookupError(reference)
    return found
