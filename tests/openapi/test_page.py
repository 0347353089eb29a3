"""The page of the documentation: where it is, what it loads, and that it asks nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from openapi_spec_validator import validate

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    GlueResponse,
    Identity,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
)
from glue_core.host import Host
from glue_core.openapi import page
from glue_core.testing import Client, Deployment, assert_error, in_memory
from tests.openapi.library import AUTHORS, BOOKS, answer, operations

Deploy = Callable[..., Deployment]
DEVELOPMENT = {"mode": "development"}
OWN_FILES = {each.name for each in page.OWN.iterdir() if each.is_file()}


class References(HTMLParser):
    """Collects what a page names, and what stands in it that a policy would refuse.

    Attributes:
        found: Addresses of scripts, styles, icons and links, as they are written.
        document: Address of the document.
        inline: Tags and attributes that would have to be allowed by name.
        title: Text of the title.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self.document = self.title = ""
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        self._tag = tag
        for name, value in attrs:
            if name in ("src", "href"):
                self.found.append(value or "")
            elif name == "data-document":
                self.document = value or ""
            elif name == "style" or name.startswith("on"):
                self.inline.append(name)
        if tag in ("style", "base", "iframe") or (tag == "script" and "src" not in dict(attrs)):
            self.inline.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the title."""
        if self._tag == "title":
            self.title += data.strip()


def client_of(deployment: Deployment) -> Client:
    """Return a client of the library."""
    return Client(deployment.applications["library"])


def documented(mode: str = "production", **keys: Any) -> dict[str, Any]:
    """Return settings with keys of the documentation."""
    return {"mode": mode, "applications": {"library": {"documentation": keys}}}


def reason(deployment: Deployment) -> str | None:
    """Return why the library has no page."""
    documentation = deployment.registry.applications["library"].documentation
    assert documentation is not None
    assert documentation.has_page is (documentation.without_page is None)
    return documentation.without_page


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 404),
        (DEVELOPMENT, 200),
        (documented("development", served="never"), 404),
        (documented(served="always"), 200),
    ],
    ids=["production", "development", "never", "always"],
)
def test_page_is_where_the_document_is(
    deploy: Deploy, settings: dict[str, Any], status: int
) -> None:
    """The setting that lets the document answer lets the page, and its files."""
    client = client_of(deploy(settings=settings))

    for path in ("/docs.json", "/docs", f"/docs/{page.START}", f"/docs/{page.LIBRARY}"):
        assert client.get(path).status_code == status, path


def test_page_allows_nothing_but_its_own_files(deploy: Deploy) -> None:
    """It says a strict policy, keeps to it, and is shown in no frame; nothing of it is replaced."""
    response = client_of(deploy(settings=DEVELOPMENT)).get("/docs")

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(
        each.strip().split(" ", 1)
        for each in response.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert References(response.text).inline == []


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_all_that_the_page_names_is_there(deploy: Deploy, path: str) -> None:
    """What it names is relative to it and answers, however its address ends."""
    client = client_of(deploy(settings=DEVELOPMENT))
    references = References(client.get(path).text)

    assert len(references.found) == 6
    for each in (*references.found, references.document):
        parts = urlsplit(each)
        assert (parts.scheme, parts.netloc, each.startswith("/")) == ("", "", False)
        assert client.get(urljoin(path, each)).status_code == 200, each
    assert urljoin(path, references.document) == "/docs.json"


def test_modules_load_nothing_but_each_other(deploy: Deploy) -> None:
    """Every module of ours is imported by its name beside the first, and no address is in them."""
    client = client_of(deploy(settings=DEVELOPMENT))
    known, new = set(), {page.START}
    while new:
        name = new.pop()
        known.add(name)
        text = client.get(f"/docs/{name}").text
        assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", text.replace("// ", "")), name
        assert "import(" not in text
        found = set(re.findall(r'^import .* from "(.+)";$', text, re.MULTILINE))
        assert all(each.startswith("./") for each in found), name
        new |= {each.removeprefix("./") for each in found} - known

    assert known == {each for each in OWN_FILES if each.endswith(".js")}
    style = client.get(f"/docs/{page.OWN_STYLE}").text
    assert "url(" not in style
    assert "@import" not in style


def test_style_of_the_library_loads_nothing(deploy: Deploy) -> None:
    """Icons are in the style sheet itself: the policy allows no others."""
    style = client_of(deploy(settings=DEVELOPMENT)).get(f"/docs/{page.STYLE}").text

    assert {each[:5] for each in re.findall(r'url\(["\']?([^)]{5})', style)} == {"data:"}
    assert "@import" not in style


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        (page.START, "text/javascript; charset=utf-8"),
        (page.OWN_STYLE, "text/css; charset=utf-8"),
        (page.ICON, "image/png"),
    ],
)
def test_files_may_be_kept_and_are_asked_for_again(
    deploy: Deploy, name: str, media_type: str
) -> None:
    """A file has a type that browsers believe, an entity tag, and an answer to HEAD."""
    client = client_of(deploy(settings=DEVELOPMENT))
    response = client.get(f"/docs/{name}")
    tag = response.headers["etag"]

    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"] == "public, no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"
    again = client.get(f"/docs/{name}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(f"/docs/{name}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "index.html",
        "EXPLORER.JS",
        "explorer.js%00",
        "..%2Fpage.py",
        "..%2f..%2fdist%2fLICENSE",
        "%2Fetc%2Fpasswd",
        "..\\page.py",
        "explorer/explorer.js",
        "explorer.js/more",
    ],
)
def test_files_have_names_and_no_paths(deploy: Deploy, name: str) -> None:
    """What is no name of a file that the page loads is not there."""
    response = client_of(deploy(settings=DEVELOPMENT)).get(
        f"/docs/{name}", environ={"RAW_URI": f"/docs/{name}"}
    )

    assert response.status_code == (400 if "%00" in name else 404)


def test_convention_of_the_request_changes_nothing(deploy: Deploy) -> None:
    """Browsers that prefer some media type get the page all the same."""
    client = client_of(deploy(settings=DEVELOPMENT))

    assert client.json_api.get("/docs").content == client.get("/docs").content


def test_title_is_text(deploy: Deploy) -> None:
    """What the settings say cannot become a tag of the page."""
    settings = documented("development", title="</title><script>a</script>")
    references = References(client_of(deploy(settings=settings)).get("/docs").text)

    assert references.title == "</title><script>a</script>"
    assert len(references.found) == 6
    assert references.inline == []


def test_requests_may_go_to_the_servers_that_the_settings_name(deploy: Deploy) -> None:
    """The policy lets the page call the addresses of the application, and no other words in."""
    servers = ["https://a.example.com/v1", "https://a.example.com", "/b"]
    client = client_of(deploy(settings=documented("development", servers=servers)))
    policy = client.get("/docs").headers["content-security-policy"]

    assert "connect-src 'self' https://a.example.com;" in policy


@pytest.mark.parametrize(
    "server", ["https://c; script-src *", "https://c,d", "https://c 'unsafe-eval'", "data:x", "//c"]
)
def test_policy_has_no_words_of_others(server: str) -> None:
    """An address that could say more than where something is stays out."""
    assert page.policy([server]) == page.policy([])


def test_base_url_is_where_requests_go(deploy: Deploy) -> None:
    """With 'base_url' the document names it, and the page may call it."""
    table = {"base_url": "https://api.example.com/shop"}
    client = client_of(deploy(settings={**DEVELOPMENT, "applications": {"library": table}}))

    assert client.get("/docs.json").json["servers"] == [{"url": "https://api.example.com/shop"}]
    policy = client.get("/docs").headers["content-security-policy"]
    assert "connect-src 'self' https://api.example.com;" in policy


def test_each_application_has_its_own_page(glue_deployment: Callable[..., Deployment]) -> None:
    """Below a prefix and at a virtual host, a page leads to the document of its application."""

    def application(name: str) -> list[Any]:
        def say() -> GlueResponse:
            return GlueResponse(content=b"", format="text/plain")

        made = RequestFlowAwareApiApplication(name)
        routes = [Operation("get", say, f"/only-{name}")]
        return [
            in_memory("glue.applications", name, made),
            in_memory(
                f"glue.plugins.{name}", f"{name}-routes", glue_route_providers=lambda: routes
            ),
        ]

    settings = {
        **DEVELOPMENT,
        "applications": {
            "front": {"paths": ["/front", "/"], "hosts": ["front.example"]},
            "back": {"paths": ["/back"], "hosts": ["back.example"]},
        },
    }
    sources = [*application("front"), *application("back")]
    client = Client(Host(glue_deployment(sources, settings=settings)))

    for host, path, name in [
        ("x.example", "/docs", "front"),
        ("x.example", "/front/docs", "front"),
        ("x.example", "/back/docs", "back"),
        ("x.example", "/back/docs/", "back"),
        ("back.example", "/docs", "back"),
        ("front.example", "/docs", "front"),
    ]:
        headers = {"host": host}
        references = References(client.get(path, headers=headers).text)
        document = client.get(urljoin(path, references.document), headers=headers).json
        assert references.title == name.title()
        assert [each for each in document["paths"] if "only" in each] == [f"/only-{name}"]
        root = path.rstrip("/").removesuffix("/docs")
        assert document["servers"] == [{"url": f"http://{host}{root}"}]
        for each in references.found:
            assert client.get(urljoin(path, each), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (Operation("getCollection", answer, "docs", AUTHORS), "/docs"),
        (Operation("get", answer, "docs/authors", AUTHORS), "/docs/1/authors/1"),
    ],
    ids=["resource", "below"],
)
def test_resource_of_that_name_comes_first(deploy: Deploy, operation: Operation, path: str) -> None:
    """Where an application has something of its own at /docs, the page stays away."""
    deployment = deploy(settings=DEVELOPMENT, glue_resources=lambda: [*operations(), operation])
    client = client_of(deployment)

    assert client.get(path, headers={"accept": "application/json"}).json
    assert client.get(f"/docs/{page.START}").status_code == 404
    assert client.get("/docs.json").status_code == 200
    assert operation.place in str(reason(deployment))


def test_custom_route_of_that_name_comes_first(deploy: Deploy) -> None:
    """A plugin's route at the place of the page is the plugin's, and no conflict."""

    def say() -> GlueResponse:
        return GlueResponse(content=b"mine", format="text/plain")

    deployment = deploy(
        settings=DEVELOPMENT, glue_route_providers=lambda: [Operation("get", say, "/docs")]
    )

    assert client_of(deployment).get("/docs").text == "mine"
    assert "/docs" in str(reason(deployment))


@pytest.mark.parametrize(
    ("name", "missing"),
    [("docs", "/docs"), ("docs-files", "/docs/{file}"), ("docs.json", "/docs.json")],
)
def test_part_that_is_disabled(deploy: Deploy, name: str, missing: str) -> None:
    """Without one of its parts there is no page, nor anything that only it needs."""
    ids = {each.value.place: each.id for each in routes_of(deploy(settings=DEVELOPMENT))}
    deployment = deploy(settings={**DEVELOPMENT, "disable": [ids[missing]]})

    assert ids[missing].endswith(f".{name}")
    assert client_of(deployment).get("/docs").status_code == 404
    assert client_of(deployment).get(f"/docs/{page.START}").status_code == 404
    assert reason(deployment) == f"nothing is served at {missing}"


def routes_of(deployment: Deployment) -> list[Any]:
    """Return the custom routes of the library."""
    found = deployment.registry.applications["library"].operations
    return [each for each in found if each.value.is_template]


def test_without_swagger_ui_there_is_no_page(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documents answer all the same, and it is told what to install."""
    monkeypatch.setattr(page, "PACKAGE", "glue_no_such_package")
    deployment = deploy(settings=DEVELOPMENT)

    assert_error(client_of(deployment).get("/docs"), 404, "007")
    assert client_of(deployment).get("/docs.json").status_code == 200
    assert "pip install 'glue-api-core[page]'" in str(reason(deployment))


def test_page_that_is_not_wanted_has_no_reason(deploy: Deploy) -> None:
    """In production nothing is missing."""
    documentation = deploy().registry.applications["library"].documentation

    assert documentation is not None
    assert (documentation.has_page, documentation.without_page) == (False, None)


def test_conventions_are_those_that_are_installed(deploy: Deploy) -> None:
    """The page knows the names of conventions by their media types, the preferred one first."""
    client = client_of(deploy(settings=DEVELOPMENT, conventions="json_api hal"))

    names = "{&quot;application/vnd.api+json&quot;:&quot;json_api&quot;,"
    assert f'data-conventions="{names}' in client.get("/docs").text


def test_every_file_of_the_explorer_is_served() -> None:
    """A file that is added to the folder is sent without another list to keep up to date."""
    files = page.installed_files()

    assert files is not None
    assert {page.LIBRARY, page.STYLE, page.ICON} | OWN_FILES == files.keys()
    assert all(isinstance(each, Path) and each.is_file() for each in files.values())


class Tokens:
    """An authentication server that says how clients get its tokens."""

    name = "tokens"

    def recognises(self, token: str) -> bool:
        """Know every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Let everybody be a customer who may lend."""
        return Identity("customer", token, 1, ("lend",))

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take no request."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Refuse."""
        return AuthenticationResponse(error="unsupported_grant_type")

    def flows(self, application: str) -> dict[str, dict[str, str]]:
        """Say where tokens are."""
        return {
            "password": {"tokenUrl": "/token", "refreshUrl": "/refresh"},
            "clientCredentials": {"tokenUrl": f"https://login.example.com/{application}"},
        }


def guarded(deploy: Deploy, **settings: Any) -> Client:
    """Return a client of a library with a place that asks for a scope."""
    protection = Protection(("oauth-user-scope",), scopes=("lend",))
    resources = [
        Operation("get", answer, "books", BOOKS, protection=protection),
        Operation("get", answer, "authors", AUTHORS),
    ]
    deployment = deploy(
        settings={**DEVELOPMENT, **settings},
        glue_resources=lambda: resources,
        glue_authentication_servers=lambda: [Tokens()],
    )
    return client_of(deployment)


def test_document_says_how_to_sign_in(deploy: Deploy) -> None:
    """Flows of servers are in it, with the scopes that are asked for, at the request's address."""
    document = guarded(deploy).get("/docs.json", headers={"host": "books.example.com"}).json

    scopes = {"lend": ""}
    assert document["components"]["securitySchemes"]["oauth2"] == {
        "type": "oauth2",
        "flows": {
            "password": {
                "tokenUrl": "http://books.example.com/token",
                "refreshUrl": "http://books.example.com/refresh",
                "scopes": scopes,
            },
            "clientCredentials": {
                "tokenUrl": "https://login.example.com/library",
                "scopes": scopes,
            },
        },
    }
    security = document["paths"]["/books/{booksId}"]["get"]["security"]
    assert security == [{"bearer": ["lend"]}, {"oauth2": ["lend"]}]
    validate(document)


def test_tokens_are_at_the_address_of_the_settings(deploy: Deploy) -> None:
    """Where the settings say an address, the flows are below that one."""
    client = guarded(deploy, applications={"library": {"base_url": "https://api.example.com/a/"}})
    document = client.get("/docs.json", headers={"host": "books.example.com"}).json

    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["password"]
    assert flow["tokenUrl"] == "https://api.example.com/a/token"
