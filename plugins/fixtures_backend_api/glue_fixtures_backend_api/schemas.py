"""Bodies: lists of things to make or to remove, each with the parameters of its maker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from glue_core import FixtureMaker
from glue_fixtures_backend_api.parameters import SEPARATOR, Given, Parameters

NAMED = "as_"
"""Where a step keeps the name that the request gives it."""
ONE = "Name one thing to {what}: {names}."


def name_of(maker: str) -> str:
    """Return the field that holds the parameters of a maker."""
    return f"maker_{maker.replace('-', '_')}"


def making(makers: Mapping[str, FixtureMaker], most: int) -> type[Schema]:
    """Return the schema of requests that make things.

    Args:
        makers: The makers by name.
        most: Number of things at most.
    """
    step = Schema.from_dict(
        {
            NAMED: fields.String(
                data_key="as",
                validate=validate.Regexp(r"[A-Za-z][A-Za-z0-9_-]{0,49}\Z"),
                metadata={"description": "What later things call it, to take values of it."},
            ),
            **_by_maker({each.name: each.parameters for each in makers.values()}),
        },
        name="FixtureStep",
    )

    class Fixtures(Schema):
        """Things that a test needs, made in their order and all together, or none of them.

        A value of a parameter may be ``{"from": "NAME/member"}``: what an earlier thing of that
        name has there.
        """

        make = fields.List(
            fields.Nested(step),
            required=True,
            load_only=True,
            validate=validate.Length(min=1, max=most),
            metadata={"description": "What to make; each is one thing, under its maker's name."},
        )
        made = fields.List(
            fields.Dict(keys=fields.String()),
            dump_only=True,
            metadata={"description": "What was made, each with 'maker', 'as' and 'made'."},
        )

        @validates_schema
        def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
            problems = _one_each(data["make"], makers, "make")
            before: set[str] = set()
            for number, each in enumerate(data["make"]):
                for maker in makers:
                    given: Given | None = each.get(name_of(maker))
                    for reference in given.references() if given is not None else ():
                        if reference.partition(SEPARATOR)[0] not in before:
                            problems.setdefault(number, {}).setdefault(maker, []).append(
                                f"Nothing before it is called as {reference!r} says."
                            )
                called = each.get(NAMED)
                if called in before:
                    problems.setdefault(number, {})["as"] = [f"{called!r} is there twice."]
                if called is not None:
                    before.add(called)
            if problems:
                raise ValidationError({"make": problems})

    return Fixtures


def removing(makers: Mapping[str, FixtureMaker], most: int) -> type[Schema]:
    """Return the schema of requests that remove things; arguments as for `making`."""
    removable = {each.name: each.removal for each in makers.values() if each.removal is not None}
    step = Schema.from_dict(_by_maker(removable), name="FixtureRemovalStep")

    class FixtureRemovals(Schema):
        """Things that a test needs no more, removed in their order and all together."""

        remove = fields.List(
            fields.Nested(step),
            required=True,
            load_only=True,
            validate=validate.Length(min=1, max=most),
            metadata={"description": "What to remove; each is one thing, by its maker's name."},
        )
        removed = fields.Integer(
            dump_only=True, metadata={"description": "How many things were removed."}
        )

        @validates_schema
        def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
            problems = _one_each(data["remove"], removable, "remove")
            for number, each in enumerate(data["remove"]):
                for maker in removable:
                    given: Given | None = each.get(name_of(maker))
                    if given is not None and any(given.references()):
                        # Nothing is made here that a value could come from.
                        problems[number] = {maker: ["A removal refers to nothing."]}
            if problems:
                raise ValidationError({"remove": problems})

    return FixtureRemovals


def _by_maker(schemas: Mapping[str, type[Schema]]) -> dict[str, Any]:
    return {name_of(name): Parameters(schemas[name], data_key=name) for name in sorted(schemas)}


def _one_each(
    steps: Iterable[Mapping[str, Any]], makers: Iterable[str], what: str
) -> dict[int, dict[str, list[str]]]:
    """Return what is wrong where a step does not name exactly one maker."""
    names = sorted(makers)
    problems: dict[int, dict[str, list[str]]] = {}
    for number, each in enumerate(steps):
        if sum(name_of(name) in each for name in names) != 1:
            problems[number] = {"_schema": [ONE.format(what=what, names=", ".join(names))]}
    return problems
