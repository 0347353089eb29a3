"""Requests of pages of other origins: preflights, and what their pages may read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import ConfigurationError, GlueRequest, GlueResponse, Operation
from glue_core.testing import Client

Serve = Callable[..., Client]
SHOP = "https://shop.example.com"
ASK = {"origin": SHOP, "access-control-request-method": "PATCH"}


def allowing(**more: Any) -> dict[str, Any]:
    """Return settings under which the shop's pages may read answers."""
    return {"applications": {"shop": {"cors_origins": [SHOP, "http://localhost:3000"], **more}}}


@pytest.fixture
def shop(serve: Serve) -> Client:
    """A client of an application that allows two origins."""
    return serve(settings=allowing())


def test_off_by_default(serve: Serve) -> None:
    """Without an origin in the settings no page of another origin may read anything."""
    headers = serve().get("/things", headers={"origin": SHOP}).headers

    assert not [name for name in headers if name.startswith("access-control")]
    assert "Origin" not in headers["vary"]


def test_preflight_of_a_known_place(shop: Client) -> None:
    """A preflight answers 204 with the declared methods and the headers a page may send."""
    asked = "Content-Type, X-Anonymous-Customer-Unique-Id, if-match"

    response = shop.options("/things/1", headers={**ASK, "access-control-request-headers": asked})

    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["access-control-allow-methods"] == "GET, PATCH, DELETE, OPTIONS"
    assert response.headers["access-control-allow-origin"] == SHOP
    assert response.headers["access-control-max-age"] == "86400"
    assert response.headers["access-control-allow-headers"] == (
        "accept, content-type, content-language, accept-language, authorization, "
        "x-anonymous-customer-unique-id, if-match, if-none-match, store, x-request-id"
    )


def test_preflight_of_an_unknown_place(shop: Client) -> None:
    """A preflight of nothing goes through: the page shall see the 404 of its request."""
    response = shop.options("/nothing/1", headers=ASK)

    assert response.status_code == 204
    assert response.headers["access-control-allow-methods"] == "GET, POST, PATCH, DELETE, OPTIONS"
    assert response.headers["access-control-allow-origin"] == SHOP


def test_own_options_wins(serve: Serve) -> None:
    """A place that declares OPTIONS answers it, and pages may read that."""

    def own(request: GlueRequest) -> GlueResponse:
        return GlueResponse(http_status=200, content=b"own", format="text/plain")

    client = serve(
        settings=allowing(),
        glue_route_providers=lambda: [Operation("options", own, "/own", status=200)],
    )

    response = client.options("/own", headers={**ASK, "access-control-request-method": "OPTIONS"})

    assert response.text == "own"
    assert response.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize(
    ("path", "headers", "status", "text"),
    [
        ("/things/1", {"access-control-request-method": "PUT"}, 400, "Not allowed."),
        ("/nothing", {"access-control-request-method": "PUT"}, 400, "Not allowed."),
        ("/things/1", {"access-control-request-method": "patch"}, 400, "Not allowed."),
        ("/things/1", {"access-control-request-headers": "x-other"}, 400, "Not allowed."),
        ("/nothing", {"access-control-request-headers": "store, x-other"}, 400, "Not allowed."),
        ("/things/1", {"origin": "https://elsewhere.example.com"}, 400, "Not allowed."),
        (
            "/things/1",
            {"origin": None},
            501,
            "The required header `origin` for the options method is missing.",
        ),
    ],
)
def test_refused_preflight(
    shop: Client, path: str, headers: dict[str, str | None], status: int, text: str
) -> None:
    """What is not allowed is refused with one code and the text in its place."""
    response = shop.options(path, headers={**ASK, **headers})

    assert response.status_code == status
    assert [(each["code"], each["message"]) for each in response.json] == [("030", text)]


def test_get_and_head_are_asked_for_alike(shop: Client) -> None:
    """A place with GET has HEAD, and a page may ask for both."""
    for method in ("GET", "HEAD"):
        asked = {**ASK, "access-control-request-method": method}
        assert shop.options("/things/1", headers=asked).status_code == 204


def test_options_that_is_no_preflight(shop: Client) -> None:
    """OPTIONS without the headers of a preflight is answered as ever."""
    response = shop.options("/things/1")

    assert response.status_code == 204
    assert "access-control-allow-headers" not in response.headers


@pytest.mark.parametrize("path", ["/things/1", "/nothing", "/things?unknown=1"])
def test_page_may_read_every_answer(shop: Client, path: str) -> None:
    """A page reads errors, too; the answer says that it depends on the origin."""
    headers = shop.get(path, headers={"origin": SHOP}).headers

    assert headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in headers
    assert "etag" in headers["access-control-expose-headers"]
    assert headers["vary"] == "Accept, Content-Type, Origin"


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example.com", "null"])
def test_other_pages_may_not(shop: Client, origin: str | None) -> None:
    """Another origin gets no permission, and caches learn why."""
    headers = shop.get("/things", headers={"origin": origin}).headers

    assert "access-control-allow-origin" not in headers
    assert headers["vary"] == "Accept, Content-Type, Origin"


def test_credentials(serve: Serve) -> None:
    """Where it is set, pages may act for whoever is logged in."""
    client = serve(settings=allowing(cors_credentials=True))

    headers = client.get("/things", headers={"origin": SHOP}).headers

    assert headers["access-control-allow-credentials"] == "true"


def test_every_origin(serve: Serve) -> None:
    """With a star every page may read; the answer is the same for all of them."""
    client = serve(settings={"applications": {"shop": {"cors_origins": ["*"]}}})

    headers = client.get("/things", headers={"origin": "https://any.example.com"}).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["vary"] == "Accept, Content-Type"


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"cors_origins": ["*"], "cors_credentials": True}, "cors_credentials is true"),
        ({"cors_origins": ["shop.example.com"]}, "'shop.example.com', which is no origin"),
        ({"cors_origins": [SHOP + "/"]}, "which is no origin"),
        ({"cors_origins": [SHOP], "cors_headers": ["a b"]}, "cors_headers has 'a b'"),
        ({"cors_origins": [SHOP], "cors_exposed_headers": ["a\nb"]}, "no name of a header"),
    ],
)
def test_wrong_settings_stop_the_start(serve: Serve, table: dict[str, Any], text: str) -> None:
    """What browsers would refuse, or what would open the door to everybody, stops the start."""
    with pytest.raises(ConfigurationError, match=text.replace("(", r"\(")):
        serve(settings={"applications": {"shop": table}})
