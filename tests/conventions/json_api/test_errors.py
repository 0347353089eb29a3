"""Error documents: every failure in the words of the specification and of the dialect."""

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import GlueError
from glue_json_api import GLUE, STRICT
from glue_json_api.errors import error_objects

Ask = Callable[..., Any]

EVERYTHING = GlueError(
    422,
    "901",
    "Too small.",
    pointer="/data/attributes/reads",
    parameter="page[limit]",
    header="If-Match",
    title="Wrong attribute",
    id="e1",
    meta={"min": 1},
)


def test_all_members() -> None:
    """An error that says everything has every member; the status is a string."""
    assert error_objects(STRICT)(EVERYTHING) == {
        "id": "e1",
        "status": "422",
        "code": "901",
        "title": "Wrong attribute",
        "detail": "Too small.",
        "source": {
            "pointer": "/data/attributes/reads",
            "parameter": "page[limit]",
            "header": "If-Match",
        },
        "meta": {"min": 1},
    }


def test_members_without_a_value_are_left_out() -> None:
    """An error that says nothing but its status has no other member than the phrase of it."""
    assert error_objects(STRICT)(GlueError(404)) == {"status": "404", "title": "Not Found"}
    assert error_objects(GLUE)(GlueError(404)) == {"status": 404}


def test_errors_of_one_code_share_no_member() -> None:
    """What one error says beside its code is in no other error of the code."""
    show = error_objects(STRICT)
    start = {"status": "422", "code": "901", "title": "Unprocessable Content"}

    assert show(GlueError(422, "901", "Too small.", pointer="/data")) == {
        **start,
        "detail": "Too small.",
        "source": {"pointer": "/data"},
    }
    assert show(GlueError(422, "901")) == start
    assert show(GlueError(422, "901", parameter="sort")) == {
        **start,
        "source": {"parameter": "sort"},
    }


def test_members_stand_in_one_order() -> None:
    """The id of an occurrence comes before its code, and the title before the detail."""
    assert list(error_objects(STRICT)(EVERYTHING))[:5] == [
        "status",
        "id",
        "code",
        "title",
        "detail",
    ]


def test_kind_of_error() -> None:
    """The address that stands for a kind of error is a link of the error."""
    shown = error_objects(STRICT)(GlueError(400, type="https://errors.example/size"))

    assert shown["links"] == {"type": "https://errors.example/size"}


def test_empty_pointer_is_the_whole_document() -> None:
    """The empty pointer is a value; an empty parameter is none."""
    error = GlueError(400, pointer="", parameter="")

    assert error_objects(STRICT)(error)["source"] == {"pointer": ""}


def test_glue_dialect() -> None:
    """The dialect has a number for a status, and ``message`` beside ``detail``."""
    shown = error_objects(GLUE)(GlueError(404, "301", "Not here."))

    assert shown == {"status": 404, "code": "301", "detail": "Not here.", "message": "Not here."}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/articles/none", 404, "301"),
        ("GET", "/nothing", 404, "007"),
        ("GET", "/comments/c1", 404, "009"),
        ("DELETE", "/articles", 405, "008"),
        ("GET", "/articles?page[limit]=0", 400, "012"),
        ("GET", "/articles?sort=weight", 400, "012"),
        ("GET", "/articles?filter[title]=a", 400, "011"),
        ("GET", "/articles?fields[articles]=weight", 400, "012"),
        ("GET", "/articles?weather=1", 400, "018"),
        ("GET", "/articles/1?page[limit]=1", 400, "018"),
        ("GET", "/articles/1?include=weather", 400, "012"),
        ("GET", "/articles/1?include=comments.by.x.y.z", 400, "013"),
        ("GET", "/articles/1?include=author&include=author", 400, "012"),
        ("GET", "/pairs/1", 500, "020"),
    ],
)
def test_every_failure_is_an_error_document(
    ask: Ask, method: str, path: str, status: int, code: str
) -> None:
    """Whatever fails answers with an error document of the convention."""
    answer = ask(method, path)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/vnd.api+json"
    assert set(answer.document) == {"errors", "jsonapi"}
    assert [each["code"] for each in answer.document["errors"]] == [code]
    assert answer.document["errors"][0]["status"] == str(status)


def test_all_wrong_parameters_are_told_at_once(ask: Ask) -> None:
    """A query with several mistakes gets an error for each."""
    errors = ask("GET", "/articles?sort=a&include=b&page[limit]=c&d=e").document["errors"]

    found = {each["source"]["parameter"] for each in errors}
    assert found == {"sort", "include", "page[limit]", "d"}


def test_too_much_to_include(deploy: Callable[..., Any], ask: Ask) -> None:
    """More included resources than the setting allows are a 400 that names the parameter."""
    deployed = deploy({"limits": {"include_size": 5}})

    assert ask("GET", "/articles?page[limit]=6&include=comments", deployed=deployed).status == 200
    answer = ask("GET", "/articles?page[limit]=7&include=comments", deployed=deployed)
    (error,) = answer.document["errors"]
    assert (answer.status, error["code"], error["source"]) == (
        400,
        "013",
        {"parameter": "include"},
    )


def test_depth_of_include_is_a_setting(deploy: Callable[..., Any], ask: Ask) -> None:
    """A path as deep as the setting passes, a deeper one is refused."""
    deployed = deploy({"limits": {"include_depth": 1}})

    assert ask("GET", "/articles/1?include=comments", deployed=deployed).status == 200
    assert ask("GET", "/articles/1?include=comments.by", deployed=deployed).status == 400
