"""``glue errors``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glue_core import (
    ErrorCode,
    ErrorText,
    Fragment,
    GlueResponse,
    Operation,
    Protection,
    Step,
    Strategy,
    codes,
)
from glue_core.application import RequestFlowAgnosticApiApplication
from glue_core.registry.discovery import Source, installed
from glue_core.testing import in_memory

GROUP = "glue.plugins.probe_api"
DARK = ErrorCode(404, "9301", "There is no such lamp.")


def lamps(name: str, error: ErrorCode, distribution: str, **hooks: Any) -> Source:
    """Return a plugin with one route that may answer an error."""
    operation = Operation("get", lambda: GlueResponse(), f"/{name}", errors=(error,))
    source = in_memory(GROUP, name, glue_route_providers=lambda: [operation], **hooks)
    return Source.of(GROUP, name, source.load(), distribution=distribution)


def found(glue: Any, *arguments: str) -> list[dict[str, Any]]:
    """Return the errors as JSON."""
    result = glue("errors", *arguments, "--json")
    assert result.exit_code == 0, result.output
    errors: list[dict[str, Any]] = json.loads(result.stdout)["errors"]
    return errors


def test_error_of_an_operation_tells_everything(glue: Any) -> None:
    """An error is listed with code, status, words, who says it, and which operations answer it."""
    glue.plugins.append(lamps("lamps", DARK, "glue-lamps"))

    (row,) = found(glue, "probe_api", "--code", "9301")

    assert row == {
        "application": "probe_api",
        "code": "9301",
        "status": 404,
        "texts": {"en": "There is no such lamp."},
        "worded_by": None,
        "said_by": {"glue-lamps:lamps./lamps.get": ["There is no such lamp."]},
        "operations": ["GET /lamps"],
        "otherwise": [],
    }


def test_catalogue_gives_the_words(glue: Any) -> None:
    """What the catalogue says of a code stands for what the operation says, in every language."""
    texts = [ErrorText("9301", {"en": "No lamp.", "de": "Keine Lampe."})]
    glue.plugins.append(
        lamps("lamps", DARK, "glue-lamps", glue_error_catalogue=lambda: texts),
    )

    (row,) = found(glue, "--code", "9301")
    assert row["texts"] == {"en": "No lamp.", "de": "Keine Lampe."}
    assert row["worded_by"] == "glue-lamps:lamps.9301"
    printed = glue("errors", "--code", "9301", "--language", "de").stdout
    assert "Keine Lampe." in printed
    assert "No lamp." not in printed
    assert " de,en " in printed


def test_error_of_a_step_is_told_by_the_step(glue: Any) -> None:
    """What a step says it may answer is there for what it is bound to, and for nothing else."""
    error = ErrorCode(400, "9302", "Too bright.")

    def bind(operation: Operation) -> Any:
        return (lambda request: None) if operation.path == "/lamps" else None

    step = Step("bright", bind, describe=lambda operation, view: Fragment(errors=(error,)))
    glue.plugins.append(
        lamps("lamps", DARK, "glue-lamps", glue_request_validators=lambda: [step]),
    )

    (row,) = found(glue, "--code", "9302")

    assert list(row["said_by"]) == ["glue-lamps:lamps.bright"]
    assert row["operations"] == ["GET /lamps"]


def test_words_of_a_strategy_are_there(glue: Any) -> None:
    """What a strategy answers is an error of what it protects."""
    guard = Protection(("sun",))
    place = Operation("get", lambda: GlueResponse(), "/guarded", protection=guard)
    glue.plugins.append(
        in_memory(
            GROUP,
            "guarded",
            glue_route_providers=lambda: [place],
            glue_authorization_strategies=lambda: [
                Strategy("sun", lambda *_: False, status=403, code="9303", message="It is dark.")
            ],
        )
    )

    (row,) = found(glue, "--code", "9303")

    assert (row["status"], row["operations"]) == (403, ["GET /guarded"])


def test_two_meanings_of_one_code_are_told(glue: Any) -> None:
    """A code by which two distributions mean two things is found, with both and their words."""
    glue.plugins += [
        lamps("lamps", DARK, "glue-lamps"),
        lamps("paints", ErrorCode(409, "9301", "The paint is wet."), "glue-paints"),
        lamps("shades", ErrorCode(404, "9304", "No shade."), "glue-lamps"),
    ]

    rows = found(glue, "--differing")

    assert [(each["code"], each["status"], each["otherwise"]) for each in rows] == [
        ("9301", 404, ["'409 The paint is wet.' by glue-paints"]),
        ("9301", 409, ["'404 There is no such lamp.' by glue-lamps"]),
    ]
    printed = glue("errors", "--differing").stdout
    assert "    otherwise: '409 The paint is wet.' by glue-paints\n" in printed


@pytest.mark.parametrize(
    "error",
    [
        ErrorCode(404, "9301", "there is no such lamp"),
        ErrorCode(404, codes.NOT_FOUND, "Nobody has it."),
    ],
)
def test_what_means_the_same_is_no_difference(glue: Any, error: ErrorCode) -> None:
    """A full stop is no other meaning, nor are words for a code of the core that fit better."""
    glue.plugins += [
        lamps("lamps", DARK, "glue-lamps"),
        lamps("paints", error, "glue-paints"),
    ]

    assert found(glue, "--differing") == []


def test_code_of_the_core_with_another_status_is_a_difference(glue: Any) -> None:
    """A plugin that answers a code of the core with a status of its own is told of."""
    glue.plugins.append(lamps("lamps", ErrorCode(409, codes.NOT_FOUND, "Gone."), "glue-lamps"))

    (row,) = found(glue, "--differing")

    assert (row["status"], row["otherwise"]) == (404, ["'409 Not found' by glue-lamps"])


def test_every_code_of_the_core_is_there(glue: Any) -> None:
    """With everything installed there is no code of the core that the list does not have."""
    glue.plugins[:] = installed()
    glue.settings["applications"] = {"backend_api": {"cors_origins": ["https://shop.example"]}}

    rows = found(glue)

    assert codes.ALL - {each["code"] for each in rows} == set()
    refusals = {each["code"]: each["operations"] for each in rows if each["status"] == 405}
    assert refusals == {codes.METHOD_NOT_ALLOWED: ["method-not-allowed"]}


def test_kinds_are_a_list_of_their_own(glue: Any) -> None:
    """What the catalogue words beside codes are kinds of violations; no code is among them."""
    lines = glue("errors", "--kinds", "--language", "de").stdout.splitlines()

    kinds = {line.split()[1]: line for line in lines[1:]}
    assert "Dieses Attribut wird gebraucht." in kinds["required"]
    assert "glue-api-core:catalogue.required" in kinds["required"]
    assert codes.ALL.isdisjoint(kinds)


def test_application_that_answers_by_itself_has_no_list(glue: Any) -> None:
    """Nobody declares what it answers: asked for by name it is an error, else it is left out."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))

    refused = glue("errors", "own_api")
    assert refused.exit_code == 1
    assert "'own_api' answers by itself" in refused.stderr
    assert {each["application"] for each in found(glue)} == {"probe_api"}
