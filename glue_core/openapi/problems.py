"""Problem documents, for every convention that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_core.openapi.fragment import JsonSchema, object_schema

if TYPE_CHECKING:
    from glue_core.openapi.view import View


def describe_problem(view: View) -> JsonSchema:
    """Return the schema of what `glue_core.problems.problem_document` makes.

    Args:
        view: What shares it.

    Source:
        RFC 9457, section 3.1.
    """

    def make() -> JsonSchema:
        text: JsonSchema = {"type": "string"}
        status: JsonSchema = {"type": "integer"}
        error = object_schema(
            {
                "status": status,
                **dict.fromkeys(("id", "type", "code", "title", "detail"), text),
                **dict.fromkeys(("pointer", "parameter", "header"), text),
                "meta": view.meta(),
            },
            ["status"],
        )
        members = dict.fromkeys(("type", "title", "instance", "detail", "code"), text)
        one = view.share("ProblemError", None, lambda: error)
        errors: JsonSchema = {"type": "array", "minItems": 1, "items": one}
        return object_schema(
            {**members, "status": status, "errors": errors},
            ["type", "title", "status", "instance", "errors"],
        )

    return view.share("Problem", None, make)
