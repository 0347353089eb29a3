"""Compiling: how handlers are filled, and what of an operation ends up in its flow."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Model,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
    Step,
    Work,
)
from glue_core.compiling import _completed, bind_handler
from glue_core.security.lens import ModelType
from glue_core.testing import Deployment, in_memory


class Request:
    """What handlers are filled from, without a flow."""

    resource = GlueResource(id="7")
    attributes = {"name": "x"}
    work = "work"
    grants: frozenset[str] = frozenset()


def called(handler: Callable[..., Any]) -> Any:
    """Bind a handler and call it."""
    bound: Any = bind_handler(Operation("get", handler, "things"), "party")
    return bound(Request)


def test_request_alone_is_called_directly() -> None:
    """A handler that takes the request alone has nothing around it."""

    def handle(asked: GlueRequest) -> GlueResponse:
        return GlueResponse()

    assert bind_handler(Operation("get", handle, "things"), "party") is handle


def test_parameters_in_any_order() -> None:
    """Parameters are filled by what they are, in whatever order."""

    def handle(attributes: dict[str, Any], id: str, work: Work, asked: GlueRequest) -> Any:  # noqa: A002
        return attributes, id, work, asked

    assert called(handle) == ({"name": "x"}, "7", "work", Request)


def test_keyword_only_parameters() -> None:
    """Keyword-only parameters are filled as well, a lone request too."""

    def one(*, asked: GlueRequest) -> Any:
        return asked

    def two(*, id: str, asked: GlueRequest) -> Any:  # noqa: A002
        return id, asked

    assert called(one) is Request
    assert called(two) == ("7", Request)


def test_positional_only_parameters() -> None:
    """Positional-only parameters are filled by position."""

    def handle(id: str, asked: GlueRequest, /) -> Any:  # noqa: A002
        return id, asked

    assert called(handle) == ("7", Request)


def test_parameters_with_defaults_keep_them() -> None:
    """A parameter that nobody fills keeps its default, wherever it stands."""

    def handle(limit: int = 5, asked: GlueRequest | None = None, id: str = "") -> Any:  # noqa: A002
        return limit, id

    def first(limit: int = 5, *, asked: GlueRequest) -> Any:
        return limit, asked

    assert called(handle) == (5, "7")
    assert called(first) == (5, Request)


def test_callable_object() -> None:
    """An object with ``__call__`` may be a handler."""

    class Handler:
        def __call__(self, id: str) -> Any:  # noqa: A002
            return id

    assert called(Handler()) == "7"


def test_annotation_that_is_not_there_at_run_time() -> None:
    """An annotation that cannot be read is told with the operation and the party."""

    def handle(asked: Missing) -> GlueResponse:  # type: ignore[name-defined]  # noqa: F821
        return GlueResponse()

    with pytest.raises(ConfigurationError) as caught:
        bind_handler(Operation("get", handle, "things"), "glue-x 1   place")

    assert "'things.get' cannot be read: name 'Missing' is not defined" in str(caught.value)
    assert "glue-x 1   place" in str(caught.value)


def test_step_that_is_not_bound_is_not_in_the_flow(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A step whose ``bind`` returns None costs nothing, and the trace tells of it."""

    def handle() -> GlueResponse:
        return GlueResponse()

    def mine(request: GlueRequest) -> None:
        return None

    def bind(operation: Operation) -> Any:
        return mine if operation.place == "bound" else None

    deployment = glue_deployment(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory(
                "glue.plugins.shop",
                "own",
                glue_resources=lambda: [
                    Operation("get", handle, "bound"),
                    Operation("get", handle, "unbound"),
                ],
                glue_request_builders=lambda: [Step("mine", bind)],
            ),
        ]
    )
    application: Any = deployment.applications["shop"]
    flows = {
        place: application.matchers[None].match("GET", f"/{place}/1").target
        for place in ("bound", "unbound")
    }
    traces = {
        place: next(each for each in flow.trace if each.id == "in-memory:own.mine")
        for place, flow in flows.items()
    }

    assert mine in flows["bound"].builders
    assert mine not in flows["unbound"].builders
    assert (traces["bound"].bound, traces["unbound"].bound) == (True, False)
    assert traces["bound"].stage == "request_builders"
    assert traces["bound"].party.startswith("in-memory 0   ")


class Named(Schema):
    """Attributes of a thing."""

    name = fields.String()


@pytest.mark.parametrize("id_source", ["id", lambda shown: f"f-{shown['id']}", None])
@pytest.mark.parametrize(
    "shown",
    [
        [{"id": "a"}, {"id": "b"}],
        [{"id": "a"}, {"id": 7}, {}],
        [UserDict(id="a"), {"id": None}],
        [{"id": "a"}, None],
        [],
    ],
    ids=["dicts", "values", "objects", "nothing", "empty"],
)
def test_objects_of_a_page_are_completed_as_resources_are(id_source: Any, shown: list[Any]) -> None:
    """Type and ids are filled in alike, whether somebody reads the resources first or last."""
    resource = Resource("things", Named, id=id_source)
    model = Model({"things": ModelType(resource, {})})

    def completed(is_read: bool) -> Any:
        response = GlueResponse.page(shown)
        if is_read:
            assert len(response.resources) == len(shown)
        operation = Operation("getCollection", lambda: response, "things", resource, model=model)
        handler: Any = _completed(lambda request: response, operation)
        try:
            answer = handler(SimpleNamespace(grants=frozenset()))
        except KeyError as error:
            return repr(error)
        return [(each.type, each.id, each.attributes) for each in answer.resources]

    assert completed(is_read=False) == completed(is_read=True)


def test_a_completed_page_keeps_its_type() -> None:
    """Who answers with what another operation answered shows the type of that one."""
    resource = Resource("things", Named)
    model = Model({"things": ModelType(resource, {})})
    response = GlueResponse.page([{"id": "a"}])
    batch = response.batch
    assert batch is not None
    batch.type, batch.ids = "others", ["b"]
    operation = Operation("getCollection", lambda: response, "things", resource, model=model)
    answer = _completed(lambda request: response, operation)(cast("Any", Request))

    assert [(each.type, each.id) for each in answer.resources] == [("others", "b")]
