"""The old application over plugins of the tests' own: boxes with a lid each, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Build,
    ErrorCode,
    Fragment,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Identity,
    IdentityReader,
    InvalidToken,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Protection,
    Relationship,
    RequestParameter,
    Resource,
    Step,
    View,
    wrong,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory
from glue_legacy_api import LEGACY_API, MissingId

JSON_API = "application/vnd.api+json"
ANNA = Identity("customer", "DE--1", 1, ("customer",), via="tests")
NO_BOX_ID = ErrorCode(400, "9001", "Box id is not specified.")
WRONG_CURRENCY = ErrorCode(400, "313", "Currency is invalid.")
WRONG_PRICE_MODE = ErrorCode(400, "314", "Price mode is invalid.")
NO_BOX = ErrorCode(404, "9002", "Box is not found.")


class Names:
    """Takes names for tokens."""

    name = "names"

    def recognises(self, token: str) -> bool:
        """Recognise every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Know one customer."""
        if token != "anna":
            raise InvalidToken("nobody has this token")
        return ANNA

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise AssertionError


class BoxAttributes(Schema):
    """Attributes of a box."""

    name = fields.String(required=True, validate=validate.Length(max=5))
    width = fields.Integer(strict=True, validate=validate.Range(min=1, max=9), allow_none=True)
    labels = fields.Dict()
    inner = fields.Nested(Schema.from_dict({"depth": fields.Integer(strict=True)}))
    serial = fields.Integer(dump_only=True)


class LidAttributes(Schema):
    """Attributes of a lid."""

    colour = fields.String()


class ThingAttributes(Schema):
    """Attributes of a thing."""

    name = fields.String()


BOXES: dict[str, dict[str, Any]] = {
    str(number): {
        "id": str(number),
        "name": f"box {number}",
        "width": None if number == 2 else number,
        "labels": {},
        "inner": {"depth": number},
        "serial": 100 + number,
    }
    for number in range(1, 6)
}


def lids_of(boxes: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the lid of each box."""
    return {str(each.id): {"id": str(each.id), "colour": "red"} for each in boxes}


def things_of(boxes: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return two things for each box; the second one is in every box."""
    return {
        str(each.id): [{"id": f"{each.id}-1", "name": "own"}, {"id": "all", "name": "everywhere"}]
        for each in boxes
    }


def boxes_of(things: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the boxes of each thing: the fifth, whatever the thing."""
    return {str(each.id): [BOXES["5"]] for each in things}


LIDS = Resource("lids", LidAttributes)
FAILURES = Resource("failures", ThingAttributes)
THINGS = Resource("things", ThingAttributes, relationships=(Relationship("in", "boxes", boxes_of),))
BOX = Resource(
    "boxes",
    BoxAttributes,
    relationships=(
        Relationship("lid", "lids", lids_of, many=False),
        Relationship("content", "things", things_of),
    ),
)


def get_box(request: GlueRequest) -> GlueResponse:
    """Return a box."""
    box = BOXES.get(request.resource.id or "")
    if box is None:
        raise NotFound(NO_BOX.code, NO_BOX.message)
    return GlueResponse.of(box)


def get_boxes(request: GlueRequest) -> GlueResponse:
    """Return a page of boxes."""
    page = request.pagination or Pagination(0, 5)
    found = list(BOXES.values())[page.offset : page.offset + page.limit]
    return GlueResponse.page(found, Pagination(page.offset, page.limit, len(BOXES)))


def post_box(request: GlueRequest) -> GlueResponse:
    """Return what was sent, as a new box."""
    return GlueResponse.of({"id": "9", "serial": 109, "labels": {}, **request.attributes})


def get_lid(request: GlueRequest) -> GlueResponse:
    """Return the lid of a box."""
    return GlueResponse.of({"id": request.parent_resources["boxes"].id, "colour": "red"})


def get_thing(request: GlueRequest) -> GlueResponse:
    """Return a thing."""
    return GlueResponse.of({"id": request.resource.id, "name": "some"})


def delete_box(request: GlueRequest) -> GlueResponse:
    """Return nothing."""
    return GlueResponse()


def fail(request: GlueRequest) -> GlueResponse:
    """Fail, as no handler should."""
    raise RuntimeError("a secret")


def nothing(request: GlueRequest) -> GlueResponse:
    """Return no resource."""
    return GlueResponse.page([])


def currency(request: GlueRequest) -> None:
    """Note a wrong currency, as the prices of the storefront do, and a wrong price mode."""
    if request.query_fields.get("currency", "EUR") != "EUR":
        wrong(request, "currency", WRONG_CURRENCY.message, WRONG_CURRENCY.code or "")
    if request.query_fields.get("priceMode", "GROSS_MODE") != "GROSS_MODE":
        wrong(request, "priceMode", WRONG_PRICE_MODE.message, WRONG_PRICE_MODE.code or "")


def describe_currency(operation: Operation, view: View) -> Fragment:
    """Say what is noted of a currency and a price mode."""
    parameters = (RequestParameter("currency"), RequestParameter("priceMode"))
    return Fragment(parameters, errors=(WRONG_CURRENCY, WRONG_PRICE_MODE))


def storefront_resources() -> Sequence[Operation]:
    """Return what the storefront's plugin declares."""
    return [
        Operation("getCollection", get_boxes, "boxes", BOX, page=PageRules(maximum=50)),
        Operation("get", get_box, "boxes", BOX, errors=(NO_BOX,)),
        Operation("post", post_box, "boxes", BOX),
        Operation("patch", post_box, "boxes", BOX),
        Operation("delete", delete_box, "boxes", BOX),
        Operation("get", get_lid, "boxes/lids", LIDS, singleton=True),
        Operation("get", get_thing, "things", THINGS),
        Operation("getCollection", nothing, "things", THINGS),
        Operation("getCollection", fail, "failures", FAILURES),
        Operation("get", nothing, "failures", FAILURES),
    ]


def storefront_builders() -> Sequence[Step[Build]]:
    """Return what the storefront's plugin checks of every request."""
    return [Step("currency", lambda operation: currency, describe=describe_currency)]


def secret_resources() -> Sequence[Operation]:
    """Return what the old application's own plugin declares: nothing says who may call it."""
    secrets = Resource("secrets", ThingAttributes)
    openly = Resource("guests", ThingAttributes)
    return [
        Operation("get", get_thing, "secrets", secrets),
        Operation("post", post_box, "secrets", secrets, schema=BoxAttributes),
        Operation("get", get_thing, "guests", openly, protection=Protection(())),
    ]


def anonymous(value: str, request: GlueRequest) -> Identity:
    """Return who has not logged in."""
    return Identity("anonymous", f"anonymous:{value}", value, via="tests")


def missing_ids() -> Sequence[MissingId]:
    """Return what the lids answer without their box."""
    return [MissingId("boxes/lids", NO_BOX_ID)]


Deploy = Callable[..., Deployment]


@pytest.fixture
def sources() -> list[Source]:
    """Return what counts as installed: the application, with plugins of both groups."""
    from glue_legacy_api import plugin

    both = IdentityReader(
        "anonymous",
        "x-anonymous-customer-unique-id",
        anonymous,
        is_alone=True,
        alone_message="Headers request error. A user can't act as logged and not logged user "
        "at the same time.",
    )
    return [
        in_memory("glue.applications", "legacy_api", LEGACY_API),
        in_memory("glue.plugins.legacy_api", "legacy_api", plugin),
        in_memory(
            "glue.plugins.storefront_api",
            "boxes_api",
            glue_resources=storefront_resources,
            glue_request_builders=storefront_builders,
            glue_authentication_servers=lambda: [Names()],
            glue_identity_readers=lambda: [both],
        ),
        in_memory(
            "glue.plugins.legacy_api",
            "secrets_api",
            glue_resources=secret_resources,
            glue_legacy_missing_ids=missing_ids,
        ),
    ]


@pytest.fixture
def deploy(glue_deployment: Callable[..., Deployment], sources: list[Source]) -> Deploy:
    """Deploy the old application, with plugins of the storefront and of its own.

    ``deploy(source, ..., settings={...}, glue_resources=lambda: [...])``: hooks are those of a
    further plugin in its own group.
    """

    def make(*plugins: Source, settings: dict[str, Any] | None = None, **hooks: Any) -> Deployment:
        own = [in_memory("glue.plugins.legacy_api", "more", **hooks)] if hooks else []
        return glue_deployment([*sources, *plugins, *own], settings=settings or {})

    return make


@pytest.fixture
def serve(deploy: Deploy) -> Callable[..., Client]:
    """Make a client of the old application; arguments as for ``deploy``."""

    def make(*plugins: Source, **options: Any) -> Client:
        wsgi = deploy(*plugins, **options).applications["legacy_api"]
        return Client(wsgi, {"accept": JSON_API}, json_type=JSON_API)

    return make


@pytest.fixture
def client(serve: Callable[..., Client]) -> Client:
    """A client of the old application as it is by default."""
    return serve()
