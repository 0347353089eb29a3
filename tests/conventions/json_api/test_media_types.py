"""The media type and its parameters: versions, extensions, profiles; and the default convention."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from glue_core import (
    ConfigurationError,
    Deployment,
    GlueVersion,
    MediaTypeExtension,
)
from glue_core.negotiation import MediaRange, Negotiator, read_accept, read_media_type
from glue_core.plain import PLAIN
from glue_core.testing import in_memory
from glue_json_api import CURSOR_PAGINATION, GLUE, JSON_API, MEDIA_TYPE, STRICT, extension, profile
from glue_json_api.media_types import parameter_reader

Ask = Callable[..., Any]

ATOMIC = extension("https://jsonapi.org/ext/atomic")
STAMPS = profile("https://api.example.com/profiles/timestamps")
NEW = {"data": {"type": "articles", "attributes": {"title": "T"}}}


def negotiator(default: str | None = None, *, lenient: bool = False) -> Negotiator:
    """Return a negotiator between JSON:API, with two extensions, and plain JSON."""
    reader = parameter_reader(GLUE if lenient else STRICT, [ATOMIC, STAMPS])
    return Negotiator({"json_api": JSON_API, None: PLAIN}, default, {"json_api": reader})


@pytest.fixture
def extended(deploy: Callable[..., Deployment]) -> Deployment:
    """Return a deployment in which an extension and a profile are installed."""

    def contributed() -> Sequence[MediaTypeExtension]:
        return [ATOMIC, STAMPS]

    return deploy(
        sources=[in_memory("glue.plugins", "more", glue_media_type_extensions=contributed)]
    )


@pytest.mark.parametrize(
    "parameters",
    [
        "; charset=utf-8",
        ";charset=utf-8; version=1.1",
        '; ext="https://example.com/unknown"',
        "; version=newest",
        "; version=1.1; version=1.2",
        '; Ext="https://jsonapi.org/ext/atomic https://example.com/unknown"',
    ],
)
def test_body_with_other_parameters(ask: Ask, extended: Deployment, parameters: str) -> None:
    """A body whose media type says what nobody knows is a 415, on every method."""
    headers = {"Content-Type": MEDIA_TYPE + parameters}

    for method, path in (("POST", "/articles"), ("GET", "/articles/1")):
        body = NEW if method == "POST" else None
        answer = ask(method, path, body, headers=headers, deployed=extended)
        assert (answer.status, answer.document["errors"][0]["source"]) == (
            415,
            {"header": "Content-Type"},
        )


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        ";",
        '; profile="https://example.com/unknown"',
        f'; EXT="{ATOMIC.uri}"; profile="{STAMPS.uri} https://example.com/unknown"',
        "; version=1.1",
    ],
)
def test_body_with_parameters_that_count(ask: Ask, extended: Deployment, parameters: str) -> None:
    """Profiles, known extensions and versions are understood."""
    headers = {"Content-Type": MEDIA_TYPE + parameters}

    assert ask("POST", "/articles", NEW, headers=headers, deployed=extended).status == 201


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (f"{MEDIA_TYPE}; charset=utf-8", 406),
        (f"{MEDIA_TYPE}; charset=utf-8, */*", 406),
        (f'{MEDIA_TYPE}; ext="https://example.com/unknown"', 406),
        (f"{MEDIA_TYPE}; charset=utf-8, {MEDIA_TYPE}", 200),
        (f'{MEDIA_TYPE}; ext="https://example.com/unknown", {MEDIA_TYPE};q=0.1', 200),
        (f'{MEDIA_TYPE}; profile="https://example.com/a,b;c"', 200),
        (f"{MEDIA_TYPE};q=0", 406),
        ("text/html", 406),
        (f"text/html, {MEDIA_TYPE.upper()}", 200),
        ("application/*", 200),
    ],
)
def test_accept(ask: Ask, accept: str, status: int) -> None:
    """Entries with parameters that nobody knows do not count; when none is left it is a 406."""
    assert ask("GET", "/articles/1", headers={"Accept": accept}).status == status


def test_answer_says_what_it_follows(ask: Ask, extended: Deployment) -> None:
    """Extensions and profiles that were asked for are in the media type and in ``jsonapi``."""
    accept = f'{MEDIA_TYPE}; ext="{ATOMIC.uri}"; profile="https://example.com/x {STAMPS.uri}"'
    answer = ask("GET", "/articles/1", headers={"Accept": accept}, deployed=extended)

    assert answer.headers["content-type"] == (
        f'{MEDIA_TYPE}; ext="{ATOMIC.uri}"; profile="{STAMPS.uri}"'
    )
    assert answer.document["jsonapi"] == {
        "version": "1.1",
        "ext": [ATOMIC.uri],
        "profile": [STAMPS.uri],
    }
    assert answer.headers["vary"].split(", ")[0] == "Accept"


def test_profile_without_use_is_not_said(ask: Ask) -> None:
    """A profile of pages means nothing where there are none."""
    accept = f'{MEDIA_TYPE}; profile="{CURSOR_PAGINATION}"'
    answer = ask("GET", "/articles/1", headers={"Accept": accept})

    assert answer.headers["content-type"] == MEDIA_TYPE


def test_two_extensions_of_one_uri_stop_the_start(deploy: Callable[..., Deployment]) -> None:
    """Two plugins that give one URI a meaning contradict each other."""

    def contributed() -> Sequence[MediaTypeExtension]:
        return [ATOMIC]

    sources = [
        in_memory("glue.plugins", name, glue_media_type_extensions=contributed)
        for name in ("one", "two")
    ]
    with pytest.raises(ConfigurationError, match="Two media type extensions"):
        deploy(sources=sources)


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
def test_version(ask: Ask, header: str) -> None:
    """A version is read, and said again where the request said it."""
    headers = {header: f"{MEDIA_TYPE};version=2.10"}

    asked = ask("POST", "/articles", NEW, headers=headers)
    assert asked.headers["content-type"] == f"{MEDIA_TYPE}; version=2.10"
    assert ask("GET", "/articles/1").headers["content-type"] == MEDIA_TYPE
    assert negotiator().select("GET", None, headers[header]).version == GlueVersion(2, 10)


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
def test_version_without_a_point(ask: Ask, header: str) -> None:
    """``1`` means ``1.0``, as it does in every convention."""
    answer = ask("POST", "/articles", NEW, headers={header: f"{MEDIA_TYPE};version=1"})

    assert (answer.status, answer.headers["content-type"]) == (201, f"{MEDIA_TYPE}; version=1.0")


@pytest.mark.parametrize(("header", "status"), [("Accept", 406), ("Content-Type", 415)])
def test_refused_media_type_has_no_version(ask: Ask, header: str, status: int) -> None:
    """What is refused is not answered in the version that it named."""
    headers = {header: f"{MEDIA_TYPE};version=1.0;charset=utf-8"}
    answer = ask("POST", "/articles", NEW, headers=headers)

    assert (answer.status, answer.headers["content-type"]) == (status, MEDIA_TYPE)


@pytest.mark.parametrize(("glue", "status"), [(False, 406), (True, 201)])
def test_answer_to_a_body_that_is_not_accepted(ask: Ask, glue: bool, status: int) -> None:
    """``Accept`` must allow the answer to a document, save in the dialect of existing clients."""
    answer = ask("POST", "/articles", NEW, glue=glue, headers={"Accept": "text/html"})

    assert (answer.status, answer.headers["content-type"]) == (status, MEDIA_TYPE)


def test_glue_dialect_lets_parameters_pass() -> None:
    """Existing clients send ``charset``; it does nothing."""
    selected = negotiator(lenient=True).select("POST", f"{MEDIA_TYPE}; charset=utf-8", None)

    assert selected.is_understood


def test_media_type_is_read_by_the_letter() -> None:
    """Names have no case, values may be quoted, and what is between quotes is no separator."""
    assert read_media_type('Text/X; A="b;c,\\"d" ;e = f') == (
        "text/x",
        (("a", 'b;c,"d'), ("e", "f")),
    )
    assert read_accept('a/b; p="x,y"; q=0.5, c/d') == [
        MediaRange("c", "d", 1.0),
        MediaRange("a", "b", 0.5, (("p", "x,y"),)),
    ]


class TestDefaultConvention:
    """An application whose existing clients never select JSON:API, and expect it."""

    @pytest.fixture
    def deployed(self, deploy: Callable[..., Deployment]) -> Deployment:
        """Return a deployment whose storefront speaks JSON:API unasked."""
        return deploy({"applications": {"storefront_api": {"convention": "json_api"}}})

    @pytest.mark.parametrize("accept", [None, "*/*", "text/html, */*;q=0.8"])
    @pytest.mark.parametrize("content_type", [None, "application/json"])
    def test_reading(
        self, ask: Ask, deployed: Deployment, accept: str | None, content_type: str | None
    ) -> None:
        """What accepts everything gets JSON:API, whatever it says of a body that it has not."""
        headers = {"Accept": accept, "Content-Type": content_type}
        answer = ask("GET", "/articles/1", glue=True, headers=headers, deployed=deployed)

        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.document["data"]["id"] == "1"

    @pytest.mark.parametrize(
        "content_type", ["application/json", "text/plain", "text/plain;charset=UTF-8", MEDIA_TYPE]
    )
    def test_writing(self, ask: Ask, deployed: Deployment, content_type: str) -> None:
        """A document of JSON:API counts as one, though it is called JSON or text."""
        headers = {"Accept": "*/*", "Content-Type": content_type}
        answer = ask("POST", "/articles", NEW, glue=True, headers=headers, deployed=deployed)

        assert (answer.status, answer.headers["content-type"]) == (201, MEDIA_TYPE)

    def test_other_choices_stay(self, ask: Ask, deployed: Deployment) -> None:
        """Who accepts plain JSON gets it, other applications are as before, and XML is a 415."""
        plain = {"Accept": "application/json", "Content-Type": "application/json"}
        answer = ask(
            "POST", "/articles", {"title": "T"}, glue=True, headers=plain, deployed=deployed
        )
        assert (answer.status, answer.headers["content-type"]) == (201, "application/json")

        anything = {"Accept": "*/*"}
        other = ask("GET", "/articles/1", headers=anything, deployed=deployed)
        assert other.headers["content-type"] == "application/json"

        xml = {"Accept": "*/*", "Content-Type": "text/xml"}
        assert (
            ask("POST", "/articles", NEW, glue=True, headers=xml, deployed=deployed).status == 415
        )

    def test_errors(self, ask: Ask, deployed: Deployment) -> None:
        """What fails is answered in the default convention as well."""
        answer = ask("GET", "/nothing", glue=True, headers={"Accept": None}, deployed=deployed)

        assert (answer.status, answer.document["errors"][0]["code"]) == (404, "007")

    def test_unknown_convention_stops_the_start(self, deploy: Callable[..., Deployment]) -> None:
        """A convention that the application does not speak is named, with those it does."""
        with pytest.raises(ConfigurationError, match=r"'hal'.*\nIt speaks: json_api"):
            deploy({"applications": {"storefront_api": {"convention": "hal"}}})


HEADERS = st.one_of(
    st.none(),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60),
    st.lists(
        st.sampled_from(
            [
                *(MEDIA_TYPE, "application/json", "*/*", "application/*", "text/plain"),
                *(";", ",", '"', "\\", " ", "q=", "0", "1", "0.5", "nan", "inf", "=", "/"),
                *("ext=", "profile=", "version=", "charset=utf-8", ATOMIC.uri, STAMPS.uri, "1.1"),
            ]
        ),
        max_size=12,
    ).map("".join),
)


@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]),
    content_type=HEADERS,
    accept=HEADERS,
    default=st.sampled_from(["json_api", None]),
)
@example(method="GET", content_type='a/b;c="\\', accept='"' * 50, default=None)
def test_any_headers_select_something(
    method: str, content_type: str | None, accept: str | None, default: str | None
) -> None:
    """Whatever the headers are, something is selected, and the same again."""
    negotiates = negotiator(default)
    selected = negotiates.select(method, content_type, accept)

    assert selected.convention in ("json_api", None)
    assert selected.accepted_format in (MEDIA_TYPE, "application/json", None)
    assert negotiates.select(method, content_type, accept) == selected
