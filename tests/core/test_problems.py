"""Problem documents: the members of RFC 9457, and every error in them."""

from __future__ import annotations

from typing import Any

from glue_core import GlueError, problem_document


class Asked:
    """What a problem document needs of a request."""

    id = "abc"


REQUEST: Any = Asked()


def test_one_error() -> None:
    """One error gives the document its detail and its code."""
    error = GlueError(404, "301", "No such thing.")

    assert problem_document([error], 404, REQUEST) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "instance": "#abc",
        "detail": "No such thing.",
        "code": "301",
        "errors": [{"status": 404, "code": "301", "detail": "No such thing."}],
    }


def test_several_errors() -> None:
    """Several errors are all there, each with what was at fault; one code is shown for all."""
    errors = [
        GlueError(422, "901", "Missing.", pointer="/a", id="1", title="Invalid"),
        GlueError(422, "901", "Missing.", parameter="b", meta={"more": 1}),
        GlueError(422, "901", "Too long.", header="c"),
    ]

    document = problem_document(errors, 422, REQUEST)

    assert (document["detail"], document["code"]) == ("Missing. Too long.", "901")
    assert document["title"] == "Unprocessable Content"
    assert [set(each) - {"status", "code", "detail"} for each in document["errors"]] == [
        {"pointer", "id", "title"},
        {"parameter", "meta"},
        {"header"},
    ]


def test_pointer_to_the_whole_document() -> None:
    """The empty pointer is the whole document, so it is shown."""
    error = GlueError(400, "014", "Not JSON.", pointer="")

    assert problem_document([error], 400, REQUEST)["errors"][0]["pointer"] == ""


def test_codes_that_differ_are_not_summed_up() -> None:
    """A document has a code of its own only where all errors have it."""
    different = [GlueError(400, "1", "a"), GlueError(400, "2", "b")]
    partly = [GlueError(400, "1", "a"), GlueError(400, None, "b")]

    assert "code" not in problem_document(different, 400, REQUEST)
    assert "code" not in problem_document(partly, 400, REQUEST)


def test_status_of_the_first_error() -> None:
    """Without a status of the answer that of the first error counts."""
    assert problem_document([GlueError(418, None)], None, REQUEST)["status"] == 418


def test_type_of_an_error() -> None:
    """A type that all errors have is that of the problem."""
    kind = "https://example.com/problems/too-large"
    error = GlueError(400, "012", "Too large.", type=kind)
    document = problem_document([error], 400, REQUEST)

    assert document["type"] == document["errors"][0]["type"] == kind
    assert problem_document([error, GlueError(400)], 400, REQUEST)["type"] == "about:blank"
