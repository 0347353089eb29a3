"""Conditional requests: tags of what is read, and preconditions of what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    NotFound,
    Operation,
    Resource,
    SimpleResource,
    Work,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Client

Serve = Callable[..., Client]


class CartAttributes(Schema):
    """Attributes of a cart."""

    name = fields.String()
    note = fields.String()


NO_CART = ErrorCode(404, "101", "Cart not found.")


class Carts(SimpleResource):
    """Carts whose state has a version."""

    type = "carts"
    attributes = CartAttributes
    errors: ClassVar[Mapping[str, tuple[ErrorCode, ...]]] = {"get": (NO_CART,)}
    version: ClassVar[str | None] = "version"

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {
            "1": {"id": "1", "name": "one", "note": "a", "version": 7}
        }

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - filled by name
        """Return a cart."""
        if id not in self.kept:
            raise NotFound(NO_CART.code, NO_CART.message)
        return GlueResponse.of(dict(self.kept[id]))

    def get_collection(self) -> GlueResponse:
        """Return all carts."""
        return GlueResponse.page([dict(each) for each in self.kept.values()])

    def post(self, attributes: dict[str, Any]) -> GlueResponse:
        """Keep a cart."""
        return self.put("2", attributes)

    def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Change a cart."""
        held = self.kept[id]
        held.update(attributes, version=held.get("version", 0) + 1)
        return GlueResponse.of(dict(held))

    def put(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Keep a cart under an id."""
        self.kept[id] = {"id": id, **attributes, "version": 1}
        return GlueResponse.of(self.kept[id])

    def delete(self, id: str) -> GlueResponse:  # noqa: A002
        """Forget a cart."""
        del self.kept[id]
        return GlueResponse.no_content()


class Baskets(Carts):
    """Carts without versions."""

    type = "baskets"
    version = None


class Strict(Carts):
    """Carts that want to know which state a change is about."""

    type = "stricts"
    requires_match = ("patch", "put")


@pytest.fixture
def shop(serve: Serve) -> Client:
    """A client of an application with the three kinds of carts."""
    return serve(glue_resources=lambda: [Carts(), Baskets(), Strict()])


EVERY_KIND = pytest.mark.parametrize("place", ["/carts/1", "/baskets/1", "/stricts/1"])
CHANGE = {"name": "other"}


def tag_of(client: Client, path: str, **headers: str) -> str:
    """Read something and return its tag."""
    return client.get(path, headers=headers).headers["etag"]


@EVERY_KIND
def test_tag_of_a_read_is_good_for_a_change(shop: Client, place: str) -> None:
    """The tag that GET gives is the one that PATCH accepts."""
    response = shop.patch(place, json=CHANGE, headers={"if-match": tag_of(shop, place)})

    assert response.status_code == 200


@EVERY_KIND
def test_tag_of_a_projection_is_good_for_a_change(shop: Client, place: str) -> None:
    """What a client asked to see does not matter: the state is the same."""
    type_ = place.split("/")[1]
    whole, part = tag_of(shop, place), tag_of(shop, f"{place}?fields[{type_}]=note")

    response = shop.patch(place, json=CHANGE, headers={"if-match": part})

    assert whole != part
    assert response.status_code == 200


@EVERY_KIND
def test_tag_of_another_convention_is_good_for_a_change(
    shop: Client, place: str, by_line: dict[str, str]
) -> None:
    """The state is the same in every convention; the representation is not."""
    plain, lines = tag_of(shop, place), tag_of(shop, place, **by_line)

    response = shop.patch(place, json=CHANGE, headers={"if-match": lines})

    assert plain != lines
    assert response.status_code == 200


@EVERY_KIND
def test_tag_of_an_older_state_is_refused(shop: Client, place: str) -> None:
    """A change of what somebody else changed is 412 with the code 006, and changes nothing."""
    old = tag_of(shop, place)
    shop.patch(place, json=CHANGE, headers={"if-match": old})
    now = shop.get(place).json

    response = shop.patch(place, json={"name": "lost"}, headers={"if-match": old})

    assert response.status_code == 412
    assert [(each["code"], each["message"], each["header"]) for each in response.json] == [
        ("006", "If-Match header value is invalid.", "If-Match")
    ]
    assert shop.get(place).json == now


@EVERY_KIND
def test_tag_of_a_change_is_good_for_the_next(shop: Client, place: str) -> None:
    """The answer to a change has the tag of the new state."""
    first = shop.patch(place, json=CHANGE, headers={"if-match": tag_of(shop, place)})

    second = shop.patch(place, json={"name": "third"}, headers={"if-match": first.headers["etag"]})

    assert second.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_put_and_delete_are_held_too(shop: Client, method: str) -> None:
    """Every write that names a state is compared with it."""
    old = tag_of(shop, "/carts/1")
    shop.patch("/carts/1", json=CHANGE)
    body: dict[str, Any] = {"json": CHANGE} if method == "PUT" else {}

    refused = shop.request(method, "/carts/1", headers={"if-match": old}, **body)
    fresh = tag_of(shop, "/carts/1")
    taken = shop.request(method, "/carts/1", headers={"if-match": fresh}, **body)

    assert refused.status_code == 412
    assert taken.status_code in (200, 204)


@pytest.mark.parametrize(
    "header", ["", "7", '"7', 'W/"7-x"', '"8"', '"7x"', '"-7"', '"a", "b"', 'x "7"', '"\x01"']
)
def test_what_names_no_present_state_is_refused(shop: Client, header: str) -> None:
    """Weak, unquoted and foreign tags change nothing."""
    response = shop.patch("/carts/1", json=CHANGE, headers={"if-match": header})

    assert response.status_code == 412
    assert response.json[0]["code"] == "006"


@pytest.mark.parametrize("header", ["*", '"7"', '"7-anything"', '"a", "7-x"', ' "a" ,W/"b", "7"'])
def test_what_names_the_present_state_is_taken(shop: Client, header: str) -> None:
    """A star, the state alone, and lists that have it are good."""
    response = shop.patch("/carts/1", json=CHANGE, headers={"if-match": header})

    assert response.status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_missing_tag_is_428(shop: Client, method: str) -> None:
    """Where a resource requires it, a change without a state is 428 with the code 005."""
    response = shop.request(method, "/stricts/1", json=CHANGE)

    assert response.status_code == 428
    assert [(each["code"], each["message"]) for each in response.json] == [
        ("005", "If-Match header is missing.")
    ]


def test_requirement_names_methods(shop: Client) -> None:
    """A method that is not named needs no tag."""
    assert shop.delete("/stricts/1").status_code == 204


def test_put_may_say_that_nothing_is_there(shop: Client) -> None:
    """``If-None-Match: *`` is enough for a PUT that creates, and refused where something is."""
    headers = {"if-none-match": "*"}

    created = shop.put("/stricts/9", json=CHANGE, headers=headers)
    again = shop.put("/stricts/9", json=CHANGE, headers=headers)

    assert created.status_code == 200
    assert again.status_code == 412
    assert again.json[0]["header"] == "If-None-Match"


def test_put_of_something_new_fits_no_tag(shop: Client) -> None:
    """Nothing is there, so no state fits, and neither does a star."""
    for header in ('"7"', "*"):
        response = shop.put("/carts/9", json=CHANGE, headers={"if-match": header})
        assert response.status_code == 412


def test_unknown_resource_stays_unknown(shop: Client) -> None:
    """A change of what does not exist is the resource's own 404, with a tag or without."""
    response = shop.patch("/carts/9", json=CHANGE, headers={"if-match": '"7"'})

    assert response.status_code == 404
    assert response.json[0]["code"] == "101"


def test_requirement_needs_something_to_compare(serve: Serve) -> None:
    """A place that nobody can read cannot ask for the state of what is there."""
    resource = Resource("notes", CartAttributes, requires_match=True)

    def patch(request: GlueRequest) -> GlueResponse:
        return GlueResponse()

    with pytest.raises(ConfigurationError, match="Declare 'get' there"):
        serve(glue_resources=lambda: [Operation("patch", patch, "notes", resource)])


def test_place_without_a_read_fits_no_tag(serve: Serve) -> None:
    """Where nothing reads the state no tag is known, so none fits."""
    resource = Resource("notes", CartAttributes)

    def patch(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1"})

    client = serve(glue_resources=lambda: [Operation("patch", patch, "notes", resource)])

    assert client.patch("/notes/1", json=CHANGE, headers={"if-match": '"1"'}).status_code == 412
    assert client.patch("/notes/1", json=CHANGE, headers={"if-match": "*"}).status_code == 200


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["*", '"7"'])
def test_precondition_of_a_creation_is_refused(serve: Serve, name: str, value: str) -> None:
    """A POST has nothing to be held against: it says so, and creates nothing."""
    carts = Carts()
    client = serve(glue_resources=lambda: [carts])

    response = client.post("/carts", json={"name": "new"}, headers={name: value})

    assert (response.status_code, response.json[0]["code"]) == (400, "021")
    assert response.json[0]["header"] == name
    assert list(carts.kept) == ["1"]


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_precondition_of_a_route_without_a_resource_is_refused(serve: Serve, method: Any) -> None:
    """A custom route that shows no resource has no state either."""
    route = Operation(method, lambda: GlueResponse(content=b"done"), "/act")
    client = serve(glue_route_providers=lambda: [route])

    refused = client.request(method.upper(), "/act", headers={"if-match": "*"})

    assert (refused.status_code, refused.json[0]["code"]) == (400, "021")
    assert client.request(method.upper(), "/act").status_code < 300


def test_answer_without_a_resource_has_no_tag(serve: Serve) -> None:
    """What a POST to a custom route tells is no state of anything."""
    route = Operation("post", lambda: GlueResponse(content=b"done"), "/act")
    client = serve(glue_route_providers=lambda: [route])

    assert "etag" not in client.post("/act").headers


def test_comparison_and_change_are_one_unit(serve: Serve) -> None:
    """The state is read and changed in one unit of work, which a refusal undoes."""
    works: list[Work] = []

    class Watched(Carts):
        """Carts that show their unit of work."""

        type = "watched"

        def get(self, request: GlueRequest, id: str) -> GlueResponse:  # type: ignore[override]  # noqa: A002
            """Return a cart."""
            works.append(request.work)
            return super().get(id)

        def patch(  # type: ignore[override]
            self,
            request: GlueRequest,
            id: str,  # noqa: A002
            attributes: dict[str, Any],
        ) -> GlueResponse:
            """Change a cart."""
            works.append(request.work)
            return super().patch(id, attributes)

    client = serve(glue_resources=lambda: [Watched()])

    client.patch("/watched/1", json=CHANGE, headers={"if-match": '"7"'})

    assert len(works) == 2
    assert works[0] is works[1]


@pytest.mark.parametrize(("header", "status", "code"), [(None, 409, "031"), ('"7"', 412, "006")])
def test_lost_race_is_told(
    serve: Serve, header: str | None, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A version column that finds another writer was faster is no failure of the server."""
    from sqlalchemy.orm.exc import StaleDataError

    class Slow(Carts):
        """Carts that somebody else changes meanwhile."""

        type = "slow"

        def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
            """Lose the race."""
            raise StaleDataError("UPDATE statement on table 'carts' expected to update 1 row(s)")

    client = serve(glue_resources=lambda: [Slow()])

    response = client.patch("/slow/1", json=CHANGE, headers={"if-match": header})

    assert response.status_code == status
    assert response.json[0]["code"] == code
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/carts/1", "/carts", "/baskets/1", "/things/1", "/things"])
def test_known_answer_is_not_sent_again(shop: Client, path: str) -> None:
    """A read with the tag that the client has is 304 without a body, for lists as well."""
    tag = tag_of(shop, path)

    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        response = shop.get(path, headers={"if-none-match": header})
        assert response.status_code == 304
        assert response.content == b""
        assert response.headers["etag"] == tag
        assert response.headers["vary"] == "Accept, Content-Type"
        assert "content-type" not in response.headers


@pytest.mark.parametrize("header", ['"x"', "x", "", '"7"', '"7-"'])
def test_other_answer_is_sent(shop: Client, header: str) -> None:
    """Another tag, the state alone, and what is no tag get the whole answer."""
    response = shop.get("/carts/1", headers={"if-none-match": header})

    assert response.status_code == 200
    assert response.json


def test_head_is_tagged_alike(shop: Client) -> None:
    """HEAD has the tag of GET, and 304 as well."""
    tag = tag_of(shop, "/carts/1")

    assert shop.head("/carts/1").headers["etag"] == tag
    assert shop.head("/carts/1", headers={"if-none-match": tag}).status_code == 304


def test_same_answer_has_the_same_tag(shop: Client) -> None:
    """Reading twice gives one tag, changing another one."""
    first, second = tag_of(shop, "/carts"), tag_of(shop, "/carts")
    shop.patch("/carts/1", json=CHANGE)

    assert first == second != tag_of(shop, "/carts")


def test_read_may_name_a_tag_too(shop: Client) -> None:
    """A part of something else is of no use: ``If-Match`` on a read is 412 where it is another."""
    tag = tag_of(shop, "/carts/1")

    assert shop.get("/carts/1", headers={"if-match": tag}).status_code == 200
    assert shop.get("/carts/1", headers={"if-match": '"7"'}).status_code == 412


@pytest.mark.parametrize("path", ["/nothing", "/carts/9", "/carts?unknown=1"])
def test_refusals_have_no_tag(shop: Client, path: str) -> None:
    """A tag belongs to what is there."""
    response = shop.get(path, headers={"if-none-match": "*"})

    assert response.status_code >= 400
    assert "etag" not in response.headers


def test_tag_of_a_controller_stays(serve: Serve) -> None:
    """A controller that knows better sets its own tag; it is compared all the same."""

    def answer(request: GlueRequest) -> GlueResponse:
        response = GlueResponse(content=b"abc", format="text/plain")
        response.meta["etag"] = 'W/"mine"'
        return response

    client = serve(glue_route_providers=lambda: [Operation("get", answer, "/own")])

    assert tag_of(client, "/own") == 'W/"mine"'
    assert client.get("/own", headers={"if-none-match": '"mine"'}).status_code == 304


def test_streamed_answer_has_no_tag(serve: Serve) -> None:
    """What is sent while it is made cannot be tagged before."""

    def parts() -> Iterator[bytes]:
        yield b"a"

    def answer(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=parts(), format="text/plain")

    client = serve(glue_route_providers=lambda: [Operation("get", answer, "/stream")])

    assert "etag" not in client.get("/stream").headers


def test_tags_can_be_switched_off(serve: Serve) -> None:
    """Without the setting nothing is tagged; a change may still name the version it is about."""
    off = {"applications": {"shop": {"entity_tags": False}}}
    client = serve(settings=off, glue_resources=lambda: [Carts()])

    assert "etag" not in client.get("/carts/1").headers
    assert client.patch("/carts/1", json=CHANGE, headers={"if-match": '"8"'}).status_code == 412


def test_version_is_shown_as_meta(serve: Serve, things: Source) -> None:
    """A convention finds the version of the state in the meta of each resource that has one."""
    seen: list[object] = []

    def look(response: GlueResponse, request: GlueRequest) -> None:
        seen.extend(each.meta for each in response.resources)

    from glue_core import Step

    client = serve(
        glue_resources=lambda: [Carts(), Baskets()],
        glue_response_formatters=lambda: [Step("look", lambda _: look, after=("version",))],
    )
    for path in ("/carts/1", "/carts", "/baskets/1", "/things/1"):
        client.get(path)

    assert seen == [{"version": 7}, {"version": 7}, None, None]


@pytest.mark.parametrize("version", ["a-b", "ä", "x" * 65, "a b"])
def test_any_text_can_be_a_version(serve: Serve, version: str) -> None:
    """A version that cannot stand in a tag is told by a digest of it."""
    carts = Carts()
    carts.kept["1"]["version"] = version
    client = serve(glue_resources=lambda: [carts])

    tag = tag_of(client, "/carts/1")

    assert tag.isascii()
    assert client.put("/carts/1", json=CHANGE, headers={"if-match": tag}).status_code == 200
