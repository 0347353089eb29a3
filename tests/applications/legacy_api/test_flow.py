"""The old flow: its hooks in their order, versions, entity tags, and who comes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    ErrorCode,
    Fragment,
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    GlueResponse,
    Identity,
    Operation,
    Protection,
    Resource,
    Step,
)
from glue_core.testing import Client, Deployment, in_memory
from glue_legacy_api import MissingId

ANNA = {"authorization": "Bearer anna"}
PUBLIC = Protection(())
NAMED = Schema.from_dict({"name": fields.String()})


def noting(seen: list[str], name: str) -> Callable[..., None]:
    """Return a step that notes that it ran."""
    return lambda *arguments: seen.append(name)


def test_stages_run_in_the_old_order(serve: Callable[..., Client]) -> None:
    """Each stage has a hook, and they run in the old order around the action."""
    seen: list[str] = []

    def step(name: str) -> Any:
        return lambda: [Step(name, lambda operation: noting(seen, name))]

    def action(request: GlueRequest) -> GlueResponse:
        seen.append("action")
        return GlueResponse.of({"id": "1"})

    stages = (
        "http_validators",
        "format_request",
        "rest_validators",
        "user_finders",
        "user_validators",
        "before_action",
        "after_action",
        "format_data",
        "format_headers",
    )
    client = serve(
        glue_resources=lambda: [
            Operation("get", action, "tapes", Resource("tapes", NAMED), protection=PUBLIC)
        ],
        **{f"glue_legacy_{stage}": step(stage) for stage in stages},
    )

    assert client.get("/tapes/1").status_code == 200
    assert seen == [*stages[:6], "action", *stages[6:]]


def test_stages_are_measured_under_their_old_names(serve: Callable[..., Client]) -> None:
    """Server-Timing tells the stages and steps that only the old flow has, its own answers too."""
    token = "0123456789abcdef"
    client = serve(
        settings={
            "applications": {
                "legacy_api": {
                    "server_timing": "token",
                    "server_timing_token": token,
                    "server_timing_steps": True,
                }
            }
        },
        glue_legacy_before_action=lambda: [
            Step("mine", lambda operation: lambda request: None),
        ],
    )

    def told(method: str) -> str:
        headers = {"x-server-timing-token": token}
        return client.request(method, "/boxes/1", headers=headers).headers["server-timing"]

    stages = [each.partition(";")[0] for each in told("GET").split(", ") if "desc" not in each]
    assert stages == [
        *("hydrate", "http-validators", "format-request", "rest-validators"),
        *("before-action", "control", "format-data", "write", "format-headers", "total"),
    ]
    assert re.search(r'before-action\.mine;dur=[0-9.]+;desc="in-memory:more\.mine"', told("GET"))
    assert "total;dur=" in told("OPTIONS")
    assert "server-timing" not in client.get("/boxes/1").headers


@pytest.mark.parametrize(
    ("stage", "ran"),
    [
        ("http_validators", []),
        ("rest_validators", ["format_request"]),
        ("user_validators", ["format_request"]),
    ],
)
def test_refusal_ends_the_request(serve: Callable[..., Client], stage: str, ran: list[str]) -> None:
    """What a validator refuses reaches no action; of HTTP validators the text is the answer."""
    seen: list[str] = []
    error = GlueError(status=400, code="9999", message="No.")

    def refuse(request: GlueRequest) -> GlueRequestValidation:
        return GlueRequestValidation(False, 400, (error,))

    hooks = {
        "glue_legacy_format_request": lambda: [
            Step("format", lambda operation: noting(seen, "format_request"))
        ],
        "glue_legacy_before_action": lambda: [
            Step("before", lambda operation: noting(seen, "before_action"))
        ],
        f"glue_legacy_{stage}": lambda: [
            Step(
                "no",
                lambda operation: refuse,
                describe=lambda operation, view: Fragment(errors=(ErrorCode(400, "9999", "No."),)),
            )
        ],
    }

    response = serve(**hooks).get("/boxes/1")

    assert response.status_code == 400
    assert seen == ran
    if stage == "http_validators":
        assert response.text == "No."
    else:
        assert response.json["errors"] == [{"code": "9999", "status": 400, "detail": "No."}]


def test_first_user_finder_wins(serve: Callable[..., Client]) -> None:
    """The first finder that finds somebody says who asks."""
    found: list[Identity | None] = []

    def finder(user: Identity | None) -> Callable[[GlueRequest], Identity | None]:
        return lambda request: user

    ben, carla = (Identity("customer", name, 1, (), via="tests") for name in ("ben", "carla"))
    client = serve(
        glue_legacy_user_finders=lambda: [
            Step("a", lambda operation: finder(None)),
            Step("b", lambda operation: finder(ben)),
            Step("c", lambda operation: finder(carla)),
        ],
        glue_legacy_before_action=lambda: [
            Step("look", lambda operation: lambda request: found.append(request.identity))
        ],
    )

    client.get("/boxes/1")

    assert found == [ben]


def test_unknown_hook_of_its_own_is_named(deploy: Callable[..., Deployment]) -> None:
    """A misspelled hook stops the start, with the name that was meant."""
    with pytest.raises(ConfigurationError, match="glue_legacy_before_action"):
        deploy(glue_legacy_before_actoin=list)


def test_two_words_for_one_missing_id_stop_the_start(deploy: Callable[..., Deployment]) -> None:
    """Two plugins that say what one place answers without an id are both named."""
    error = ErrorCode(400, "1", "No.")

    with pytest.raises(ConfigurationError, match="boxes/lids") as raised:
        deploy(glue_legacy_missing_ids=lambda: [MissingId("boxes/lids", error)])

    assert "secrets_api" in str(raised.value)
    assert ":more" in str(raised.value) or "more" in str(raised.value)


def versions() -> list[Operation]:
    """Return a resource in two versions, the older one with a method more."""

    def show(version: str) -> Callable[[GlueRequest], GlueResponse]:
        return lambda request: GlueResponse.of({"id": "1", "name": version})

    one, two = (Resource("tapes", NAMED, versions=(each,)) for each in ("1.0", "2.0"))
    return [
        Operation("get", show("1.0"), "tapes", one, protection=PUBLIC),
        Operation("get", show("2.0"), "tapes", two, protection=PUBLIC),
        Operation("delete", show("1.0"), "tapes", one, protection=PUBLIC),
    ]


@pytest.mark.parametrize(
    ("content_type", "status", "name", "answered"),
    [
        (None, 200, "2.0", "application/vnd.api+json"),
        ("application/vnd.api+json", 200, "2.0", "application/vnd.api+json"),
        ("application/vnd.api+json; version=2.0", 200, "2.0", None),
        ("application/vnd.api+json; version=1.0", 200, "1.0", None),
        ("application/vnd.api+json;version=1.1", 404, None, "application/vnd.api+json"),
        ("application/vnd.api+json; version=3.0", 404, None, "application/vnd.api+json"),
    ],
)
def test_version_by_media_type(
    serve: Callable[..., Client],
    content_type: str | None,
    status: int,
    name: str | None,
    answered: str | None,
) -> None:
    """A version is matched exactly; the newest answers who names none; the answer repeats it."""
    response = serve(glue_resources=versions).get(
        "/tapes/1", headers={"content-type": content_type}
    )

    assert response.status_code == status
    if name is None:
        assert response.json == {"errors": [{"status": 404, "detail": "Not Found"}]}
    else:
        assert response.json["data"]["attributes"]["name"] == name
    assert response.headers["content-type"] == (answered or content_type)


def test_version_by_path(serve: Callable[..., Client]) -> None:
    """Where it is switched on, the path may start with the version; links keep it."""
    client = serve(
        settings={"applications": {"legacy_api": {"versions_in_path": True}}},
        glue_resources=versions,
    )

    response = client.get("/v1.0/tapes/1")

    assert response.json["data"]["attributes"]["name"] == "1.0"
    assert response.json["data"]["links"]["self"] == "http://localhost/v1.0/tapes/1"
    assert client.get("/v1.5/tapes/1").status_code == 404
    assert client.get("/tapes/1").json["data"]["attributes"]["name"] == "2.0"


def test_method_of_another_version_is_not_found(serve: Callable[..., Client]) -> None:
    """A method that a version does not have is 404: there is no 405."""
    client = serve(glue_resources=versions)
    headers = {"content-type": "application/vnd.api+json; version=2.0"}

    assert client.delete("/tapes/1", headers=headers).status_code == 404


def tagged() -> list[Operation]:
    """Return a resource that must not be changed without saying which state is meant."""
    tapes = Resource("tapes", NAMED, requires_match=("patch",))

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1", "name": "a"})

    return [
        Operation("get", get, "tapes", tapes, protection=PUBLIC),
        Operation("patch", get, "tapes", tapes, protection=PUBLIC),
    ]


def test_entity_tags_guard_changes(serve: Callable[..., Client]) -> None:
    """428 ``005`` without If-Match, 412 ``006`` with another tag, 200 with the right one."""
    client = serve(glue_resources=tagged)
    body = {"data": {"type": "tapes", "attributes": {"name": "b"}}}

    tag = client.get("/tapes/1").headers["etag"]
    without = client.patch("/tapes/1", json=body)
    wrong = client.patch("/tapes/1", json=body, headers={"if-match": '"other"'})
    right = client.patch("/tapes/1", json=body, headers={"if-match": tag})

    assert without.json["errors"] == [
        {"code": "005", "status": 428, "detail": "If-Match header is missing."}
    ]
    assert wrong.json["errors"] == [
        {"code": "006", "status": 412, "detail": "If-Match header value is invalid."}
    ]
    assert (without.status_code, wrong.status_code, right.status_code) == (428, 412, 200)


def test_own_group_comes_first(serve: Callable[..., Client]) -> None:
    """What the old application declares at a place stands for what it borrows there."""
    tapes = Resource("tapes", NAMED)

    def show(name: str) -> Callable[[GlueRequest], GlueResponse]:
        return lambda request: GlueResponse.of({"id": request.resource.id, "name": name})

    def declared(name: str) -> Callable[[], list[Operation]]:
        return lambda: [Operation("get", show(name), "tapes", tapes, protection=PUBLIC)]

    borrowed = in_memory("glue.plugins.storefront_api", "tapes_api", glue_resources=declared("new"))

    assert serve(borrowed).get("/tapes/1").json["data"]["attributes"]["name"] == "new"
    both = serve(borrowed, glue_resources=declared("old"))
    assert both.get("/tapes/1").json["data"]["attributes"]["name"] == "old"


def test_borrowed_resources_stay_open(client: Client) -> None:
    """What a plugin of the storefront leaves to everybody is open here too; own ones are not."""
    assert client.get("/boxes/1").status_code == 200
    assert client.get("/secrets/1").status_code == 403
    assert client.get("/guests/1").status_code == 200


def test_protection_by_default_is_a_switch(serve: Callable[..., Client]) -> None:
    """A deployment may leave what declares nothing to everybody."""
    client = serve(settings={"applications": {"legacy_api": {"protected_by_default": False}}})

    assert client.get("/secrets/1").status_code == 200


def test_example_of_the_page_closes_writes(serve: Callable[..., Client]) -> None:
    """The steps that docs/legacy.md shows stand where it says."""
    page = Path(__file__).parents[3] / "docs" / "legacy.md"
    shown = re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    example = ModuleType("example")
    exec(shown[0], example.__dict__)
    client = serve(in_memory("glue.plugins.legacy_api", "example", example))

    refused = client.post("/boxes", json={})

    assert (refused.status_code, refused.json["errors"][0]["code"]) == (410, "9000")
    for path in (
        "/boxes/1",
        "/boxes/77",
        "/lids",
        "/nowhere",
        "/failures",
        "/boxes?page[offset]=x",
    ):
        assert client.get(path).headers["sunset"] == refused.headers["sunset"]
