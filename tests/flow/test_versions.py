"""Versions: several operations at one place, selected by a parameter of the media type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    Resource,
    SimpleResource,
)
from glue_core.testing import Client, assert_error

Serve = Callable[..., Client]
PLAIN = "application/json"


class FirstAttributes(Schema):
    """A label as it was."""

    text = fields.String(required=True)


class SecondAttributes(Schema):
    """A label as it is."""

    words = fields.List(fields.String(), required=True)


class FirstLabels(SimpleResource):
    """Labels as they were."""

    type = "labels"
    attributes = FirstAttributes
    versions: ClassVar[tuple[str, ...]] = ("1.0", "1.1")

    def get(self, request: GlueRequest, id: str) -> GlueResponse:  # noqa: A002 - filled by name
        """Return a label, with the version that was asked for as its text."""
        return GlueResponse.of({"id": id, "text": str(request.version)})

    def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Change a label."""
        return GlueResponse.of({"id": id, **attributes})


class SecondLabels(SimpleResource):
    """Labels as they are."""

    type = "labels"
    attributes = SecondAttributes
    versions = ("2.0",)

    def get(self, id: str) -> GlueResponse:  # noqa: A002
        """Return a label."""
        return GlueResponse.of({"id": id, "words": ["two"]})

    def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Change a label."""
        return GlueResponse.of({"id": id, **attributes})


@pytest.fixture(params=[False, True], ids=["old first", "new first"])
def labels(serve: Serve, request: pytest.FixtureRequest) -> Client:
    """A client of an application with two generations of labels, declared in either order."""
    both = [FirstLabels(), SecondLabels()]
    return serve(glue_resources=lambda: both[::-1] if request.param else both)


def test_newest_is_the_default(labels: Client) -> None:
    """Who asks for no version gets the newest, and no version in the type of the answer."""
    response = labels.get("/labels/1")

    assert response.json == [{"words": ["two"]}]
    assert response.headers["content-type"] == PLAIN


@pytest.mark.parametrize(
    ("asked", "shown", "echo"),
    [
        ("1.0", {"text": "1.0"}, "1.0"),
        ("1", {"text": "1.0"}, "1.0"),
        ('"1.1"', {"text": "1.1"}, "1.1"),
        ("2.0", {"words": ["two"]}, "2.0"),
    ],
)
@pytest.mark.parametrize("header", ["accept", "content-type"])
def test_exact_version(
    labels: Client, header: str, asked: str, shown: Mapping[str, Any], echo: str
) -> None:
    """A version is matched exactly, by either header, and repeated in the type of the answer."""
    response = labels.get("/labels/1", headers={header: f"{PLAIN}; version={asked}"})

    assert response.status_code == 200
    assert response.json == [shown]
    assert response.headers["content-type"] == f"{PLAIN}; version={echo}"


@pytest.mark.parametrize("version", ["1.2", "3", "2.0.0", "x", "", "-1", "01.0"])
@pytest.mark.parametrize(
    ("header", "status", "code"), [("accept", 406, "010"), ("content-type", 404, "007")]
)
def test_unknown_version(labels: Client, header: str, status: int, code: str, version: str) -> None:
    """A version that nobody declares is not there: 404 for a body's type, 406 for ``Accept``."""
    response = labels.get("/labels/1", headers={header: f"{PLAIN};version={version}"})

    assert response.status_code == status
    assert [each["code"] for each in response.json] == [code]
    assert response.headers["content-type"] == PLAIN


def test_body_is_held_against_its_version(labels: Client) -> None:
    """A body is validated by the schema of the version that it names."""
    old = {"content-type": f"{PLAIN}; version=1.0"}

    taken = labels.patch("/labels/1", json={"text": "a"}, headers=old)
    refused = labels.patch("/labels/1", json={"words": ["a"]}, headers=old)
    newest = labels.patch("/labels/1", json={"words": ["a"]})

    assert taken.json == [{"text": "a"}]
    assert refused.status_code == 422
    assert newest.json == [{"words": ["a"]}]


def test_type_of_the_body_wins(labels: Client) -> None:
    """Where both headers name a version, the one of the body is meant."""
    headers = {"content-type": f"{PLAIN}; version=1.0", "accept": f"{PLAIN}; version=2.0"}

    assert labels.patch("/labels/1", json={"text": "a"}, headers=headers).json == [{"text": "a"}]


@pytest.mark.parametrize(
    ("accept", "shown"),
    [
        (f"{PLAIN};version=9, {PLAIN};version=1.0;q=0.5", {"text": "1.0"}),
        (f"{PLAIN};version=1.0;q=0.5, {PLAIN};version=2.0", {"words": ["two"]}),
        (f"{PLAIN};version=9, {PLAIN};q=0.5", {"words": ["two"]}),
    ],
)
def test_best_version_that_is_there(labels: Client, accept: str, shown: Mapping[str, Any]) -> None:
    """A client may accept several versions: the best one that exists answers."""
    assert labels.get("/labels/1", headers={"accept": accept}).json == [shown]


def test_resource_without_versions_answers_all(serve: Serve) -> None:
    """A place that has no versions takes any, and repeats it."""
    response = serve().get("/things/1", headers={"accept": f"{PLAIN}; version=4.2"})

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{PLAIN}; version=4.2"


def test_every_convention_has_versions(labels: Client, by_line: dict[str, str]) -> None:
    """A convention of somebody else's gets versions without a line of its own."""
    accept = by_line["accept"] + "; version=1.0"

    response = labels.get("/labels/1", headers={"accept": accept})

    assert response.text == "labels 1 {'text': '1.0'}"
    assert response.headers["content-type"] == accept


def test_method_of_one_version_alone(serve: Serve) -> None:
    """A method that an older version has is not there in a newer one."""
    resource = Resource("labels", FirstAttributes, versions=("1.0",))

    def delete(request: GlueRequest) -> GlueResponse:
        return GlueResponse.no_content()

    client = serve(
        glue_resources=lambda: [
            Operation("delete", delete, "labels", resource),
            SecondLabels(),
        ]
    )

    assert client.delete("/labels/1").status_code == 204
    newer = {"accept": f"{PLAIN}; version=2.0"}
    refused = client.delete("/labels/1", headers=newer)
    assert_error(refused, 405, "008")
    assert refused.headers["allow"] == "GET, HEAD, PATCH, OPTIONS"
    either = {"accept": f"{PLAIN}; version=2.0, {PLAIN}; version=1.0"}
    assert client.delete("/labels/1", headers=either).status_code == 204


def test_version_is_judged_before_the_method(labels: Client) -> None:
    """A version that is not there is told even where no version has the method."""
    for version, status, code in (("9.0", 404, "007"), ("2.0", 405, "008")):
        kind = f"{PLAIN}; version={version}"
        assert_error(labels.put("/labels/1", json={}, headers={"content-type": kind}), status, code)


def test_operations_of_custom_routes_have_versions(serve: Serve) -> None:
    """A custom route has versions of its own, without a resource."""

    def old(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=b"old", format=PLAIN)

    def new(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=b"new", format=PLAIN)

    routes = [
        Operation("get", new, "/news", versions=("2",)),
        Operation("get", old, "/news", versions=("1",)),
    ]
    client = serve(glue_route_providers=lambda: routes)

    assert client.get("/news").text == "new"
    assert client.get("/news", headers={"accept": f"{PLAIN};version=1.0"}).text == "old"


def test_precondition_is_held_in_its_version(labels: Client) -> None:
    """The tag of a version is good for a change in that version."""
    old = {"accept": f"{PLAIN}; version=1.0"}
    tag = labels.get("/labels/1", headers=old).headers["etag"]

    response = labels.patch(
        "/labels/1",
        json={"text": "a"},
        headers={"if-match": tag, "content-type": f"{PLAIN}; version=1.0"},
    )

    assert response.status_code == 200


@pytest.mark.parametrize("versions", [("1.1", "2.0"), ()])
def test_shared_version_stops_the_start(serve: Serve, versions: tuple[str, ...]) -> None:
    """Two operations that would answer one version of one request are a conflict."""

    class More(FirstLabels):
        """Labels once more."""

    More.versions = versions

    with pytest.raises(ConfigurationError, match="Two resources of 'shop' have the type 'labels'"):
        serve(glue_resources=lambda: [FirstLabels(), More()])


def test_operations_that_share_a_version_stop_the_start(serve: Serve) -> None:
    """Operations of one resource may not share a version at one place either."""
    resource = Resource("labels", FirstAttributes)

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse()

    with pytest.raises(ConfigurationError, match="answer GET /labels/") as caught:
        serve(
            glue_resources=lambda: [
                Operation("get", get, "labels", resource, versions=("1.0", "1.1")),
                Operation("get", get, "labels", resource, versions=("1.1",)),
            ]
        )
    assert "labels.get@1.0,1.1" in str(caught.value)


def test_version_that_is_none_stops_the_start(serve: Serve) -> None:
    """A declared version that no client could name is told."""
    resource = Resource("labels", FirstAttributes, versions=("beta",))

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse()

    with pytest.raises(ConfigurationError, match="has the version 'beta'"):
        serve(glue_resources=lambda: [Operation("get", get, "labels", resource)])


IN_PATHS = {"applications": {"shop": {"versions_in_path": True}}}


@pytest.fixture
def prefixed(serve: Serve) -> Client:
    """A client of an application that reads versions from paths as well."""
    return serve(glue_resources=lambda: [FirstLabels(), SecondLabels()], settings=IN_PATHS)


@pytest.mark.parametrize(
    ("path", "shown", "echo"),
    [
        ("/v1.0/labels/1", {"text": "1.0"}, "; version=1.0"),
        ("/v1/labels/1", {"text": "1.0"}, "; version=1.0"),
        ("/v1.1/labels/1/", {"text": "1.1"}, "; version=1.1"),
        ("/v2.0/labels/1?fields[labels]=words", {"words": ["two"]}, "; version=2.0"),
        ("/labels/1", {"words": ["two"]}, ""),
    ],
)
def test_version_in_the_path(
    prefixed: Client, path: str, shown: Mapping[str, Any], echo: str
) -> None:
    """A path may start with the version, which the type of the answer repeats."""
    response = prefixed.get(path)

    assert response.json == [shown]
    assert response.headers["content-type"] == f"{PLAIN}{echo}"


@pytest.mark.parametrize("version", ["v1.2", "v3", "v2.0.0", "v01", "V1", "v", "v1000000"])
def test_unknown_version_in_the_path(prefixed: Client, version: str) -> None:
    """A version that nobody declares, and a segment that is no version, are not there."""
    response = prefixed.get(f"/{version}/labels/1")

    assert response.status_code == 404
    assert [each["code"] for each in response.json] == ["007"]


@pytest.mark.parametrize("path", ["/v2", "/v2/", "//v2/labels/1", "/v2//labels/1", "/v2/v2/labels"])
def test_version_alone_is_no_place(prefixed: Client, path: str) -> None:
    """Behind a version comes a path as it would be without it."""
    assert prefixed.get(path).status_code == 404


@pytest.mark.parametrize(
    ("headers", "header"),
    [
        ({"content-type": f"{PLAIN}; version=1.0"}, "Content-Type"),
        ({"content-type": f"{PLAIN}; version=x"}, "Content-Type"),
        ({"accept": f"{PLAIN}; version=1.0"}, "Accept"),
        ({"accept": f"{PLAIN}; version=1.0, {PLAIN}; version=1.1"}, "Accept"),
    ],
)
def test_headers_that_contradict_the_path(
    prefixed: Client, headers: dict[str, str], header: str
) -> None:
    """A header that names another version than the path is 400, and the error names it."""
    response = prefixed.get("/v2.0/labels/1", headers=headers)

    assert response.status_code == 400
    assert [(each["code"], each["header"]) for each in response.json] == [("021", header)]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": f"{PLAIN}; version=1.0"},
        {"accept": f"{PLAIN}; version=1.0"},
        {"accept": f"{PLAIN}; version=2.0, {PLAIN}; version=1.0; q=0.5"},
        {"accept": f"{PLAIN}; version=2.0, {PLAIN}; q=0.5"},
    ],
)
def test_headers_that_allow_the_version_of_the_path(
    prefixed: Client, headers: dict[str, str]
) -> None:
    """A header may name the version of the path as well, or leave it open."""
    response = prefixed.get("/v1/labels/1", headers=headers)

    assert response.json == [{"text": "1.0"}]


def test_body_is_held_against_the_version_of_the_path(prefixed: Client) -> None:
    """A body is validated by the schema of the version that the path names."""
    assert prefixed.patch("/v1/labels/1", json={"text": "a"}).json == [{"text": "a"}]
    assert prefixed.patch("/v1/labels/1", json={"words": ["a"]}).status_code == 422


def test_resource_without_versions_has_a_versioned_path(prefixed: Client) -> None:
    """A place without versions takes any in its path too: links of others lead there."""
    response = prefixed.get("/v4.2/things/1")

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{PLAIN}; version=4.2"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("/v1/labels/a%20b", 200),
        ("/%76%31/labels/a%20b", 200),
        ("/v1/labels/a%2Fb", 200),
        ("/v1%2Flabels/a%20b", 404),
    ],
)
def test_raw_path_with_a_version(prefixed: Client, raw: str, status: int) -> None:
    """The version is a segment of the path as the client sent it."""
    response = prefixed.get(raw, raw_path=raw)

    assert response.status_code == status


def test_type_that_looks_like_a_version(serve: Serve) -> None:
    """Where an application does not read versions from paths, ``v1`` is a name like any other."""

    class Labels(FirstLabels):
        """Labels at a place that looks like a version."""

        type = "v1"
        versions = ()

    client = serve(glue_resources=lambda: [Labels()])

    assert client.get("/v1/labels").json == [{"text": "None"}]


def test_place_that_is_read_as_a_version_stops_the_start(serve: Serve) -> None:
    """A type, or a route, that no request would reach is told."""

    class Labels(FirstLabels):
        """Labels at a place that is read as a version."""

        type = "v1"

    def news(request: GlueRequest) -> GlueResponse:
        return GlueResponse()

    with pytest.raises(ConfigurationError, match="reads 'v1' as a version") as caught:
        serve(
            glue_resources=lambda: [Labels()],
            glue_route_providers=lambda: [Operation("get", news, "/v2.0/news")],
            settings=IN_PATHS,
        )

    assert "'/v2.0/news'" in str(caught.value)
    assert "applications.shop.versions_in_path" in str(caught.value)
