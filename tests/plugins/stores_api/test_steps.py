"""The store and the locale of a request."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from glue_core import ConfigurationError, ServiceUnavailable, Step
from glue_core.openapi.document import resolved
from glue_core.testing import in_memory

CHECKED = {"applications": {"storefront_api": {"health_check": True}}}
CONTENT_LANGUAGE = "content-language"


@pytest.mark.parametrize(
    ("query", "header", "locale"),
    [
        ("", None, "en_US"),
        ("", "DE", "de_DE"),
        ("_store=DE", None, "de_DE"),
        ("_store=DE", "CH", "de_DE"),
        ("_store=DE", "nowhere", "de_DE"),
    ],
)
def test_query_wins_over_header_over_first_store(
    storefront: Callable[..., Any], query: str, header: str | None, locale: str
) -> None:
    """The store is that of the query, else of the header, else the first by name."""
    headers = {} if header is None else {"Store": header}

    answer = storefront().simulate_get("/stores", query_string=query, headers=headers)

    assert answer.headers[CONTENT_LANGUAGE] == locale


def test_a_store_that_another_step_chose_has_its_locale(storefront: Callable[..., Any]) -> None:
    """The locale is that of the store that a request has in the end."""
    other = in_memory(
        "glue.plugins.storefront_api",
        "other",
        glue_request_builders=lambda: [
            Step(
                "store",
                lambda operation: lambda request: setattr(request, "store", "DE"),
                after=("glue-stores-api:stores_api.store",),
                before=("glue-stores-api:stores_api.locale",),
            )
        ],
    )

    answer = storefront(also=[other]).simulate_get("/stores")

    assert answer.headers[CONTENT_LANGUAGE] == "de_DE"


def test_settings_name_the_default_store(storefront: Callable[..., Any]) -> None:
    """A request that names no store gets the one of the settings."""
    client = storefront(settings={"plugins": {"stores_api": {"store": "DE"}}})

    assert client.simulate_get("/stores").headers[CONTENT_LANGUAGE] == "de_DE"


@pytest.mark.parametrize("path", ["/stores", "/no-such-path", "/stores/a/b/c"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_store_is_refused_everywhere(
    storefront: Callable[..., Any], codes_of: Callable[..., Any], path: str, method: str
) -> None:
    """A store that is not there answers 404 601, whether the path is known or not."""
    answer = storefront().simulate_request(method, path, headers={"Store": "XX"})

    assert (answer.status_code, codes_of(answer)) == (404, ["601"])
    assert answer.json[0]["message"] == "Store not found"


@pytest.mark.parametrize(
    ("query", "headers", "source"),
    [("_store=XX", {}, ("parameter", "_store")), ("", {"Store": "XX"}, ("header", "Store"))],
)
def test_unknown_store_names_its_source(
    storefront: Callable[..., Any],
    json_api: dict[str, str],
    query: str,
    headers: dict[str, str],
    source: tuple[str, str],
) -> None:
    """The error says where the unknown store was named."""
    answer = storefront().simulate_get("/stores", query_string=query, headers=headers | json_api)

    assert answer.json["errors"][0]["source"] == dict([source])


def test_unknown_path_with_known_store_is_not_found(
    storefront: Callable[..., Any], codes_of: Callable[..., Any]
) -> None:
    """The store is not blamed for an unknown path."""
    answer = storefront().simulate_get("/no-such-path", headers={"Store": "DE"})

    assert codes_of(answer) == ["007"]


def test_fixed_store_hides_the_others(
    storefront: Callable[..., Any], codes_of: Callable[..., Any]
) -> None:
    """With a fixed store the others are unknown, to the header as well."""
    client = storefront(settings={"plugins": {"stores_api": {"fixed_store": "DE"}}})

    assert client.simulate_get("/stores").headers[CONTENT_LANGUAGE] == "de_DE"
    assert codes_of(client.simulate_get("/stores", headers={"Store": "CH"})) == ["601"]


@pytest.mark.parametrize(
    ("host", "query", "header", "locale"),
    [
        ("de.example", "", None, "de_DE"),
        ("DE.example:8080", "", None, "de_DE"),
        ("other.example", "", None, "en_US"),
        ("de.example", "", "CH", "en_US"),
        ("de.example", "_store=CH", None, "en_US"),
    ],
)
def test_host_has_a_store(
    storefront: Callable[..., Any], host: str, query: str, header: str | None, locale: str
) -> None:
    """A request that names no store gets that of its host, before the one of all hosts."""
    client = storefront(settings={"plugins": {"stores_api": {"hosts": {"de.example": "DE"}}}})
    headers = {"Host": host} | ({} if header is None else {"Store": header})

    answer = client.simulate_get("/stores", query_string=query, headers=headers)

    assert answer.headers[CONTENT_LANGUAGE] == locale


@pytest.mark.parametrize("host", ["DE.example", "de.example:8080", "de.example\n", ""])
def test_host_that_no_request_can_have(storefront: Callable[..., Any], host: str) -> None:
    """A host in the settings that no request has stops the start."""
    with pytest.raises(ConfigurationError, match=r"plugins\.stores_api\.hosts"):
        storefront(settings={"plugins": {"stores_api": {"hosts": {host: "DE"}}}})


def test_accept_language_picks_the_locale(storefront: Callable[..., Any]) -> None:
    """Accept-Language picks among the locales of the store."""
    answer = storefront().simulate_get("/stores", headers={"Accept-Language": "de;q=0.7, fr"})

    assert answer.headers[CONTENT_LANGUAGE] == "de_DE"


@pytest.mark.parametrize(("spelling", "said"), [("locale", "de_DE"), ("tag", "de-DE")])
def test_language_as_a_tag(storefront: Callable[..., Any], spelling: str, said: str) -> None:
    """The setting decides between the name that shops know and the tag of the HTTP standard."""
    client = storefront(settings={"plugins": {"stores_api": {"content_language": spelling}}})

    answer = client.simulate_get("/stores", headers={"Store": "DE"})

    assert answer.headers[CONTENT_LANGUAGE] == said


def test_answers_say_what_they_depend_on(storefront: Callable[..., Any]) -> None:
    """Caches learn that store and language of a request make its answer."""
    varies = storefront().simulate_get("/stores").headers["vary"].split(", ")

    assert {"Accept-Language", "Store"} <= set(varies)


def test_refused_answers_say_what_they_depend_on(storefront: Callable[..., Any]) -> None:
    """A refusal depends on the headers as well, and speaks no locale of an unknown store."""
    answer = storefront().simulate_get("/stores", headers={"Store": "XX"})

    assert "Store" in answer.headers["vary"]
    assert CONTENT_LANGUAGE not in answer.headers


def test_preflight_needs_no_store(storefront: Callable[..., Any]) -> None:
    """A browser asks in advance without headers; the answer does not depend on the store."""
    answer = storefront().simulate_options("/stores", query_string="_store=XX")

    assert answer.status_code == 204


def test_nothing_published_serves_what_needs_no_store(
    storefront: Callable[..., Any], shop: Any
) -> None:
    """Before the first import a request that names no store goes on."""
    shop.stores.by_name.clear()

    answer = storefront().simulate_get("/stores")

    assert (answer.status_code, answer.json) == (200, [])


@pytest.fixture
def without_storage(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every reading of stores fail, as it does while the storage is down."""

    def fail(*_: object) -> NoReturn:
        raise ServiceUnavailable("storage", "it is down")

    monkeypatch.setattr(shop.stores, "store", fail)
    monkeypatch.setattr(shop.stores, "stores", fail)


@pytest.mark.usefixtures("without_storage")
def test_health_check_can_tell_of_a_lost_storage(storefront: Callable[..., Any]) -> None:
    """What asks after the services needs none of them to be asked."""
    answer = storefront(settings=CHECKED).simulate_get("/health-check?services=search")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("query", "headers"), [("_store=XX", {}), ("", {"Store": "XX"}), ("_store=DE", {})]
)
def test_health_check_has_no_store(
    storefront: Callable[..., Any], query: str, headers: dict[str, str]
) -> None:
    """Whatever store a request names, the health of the application is the same."""
    answer = storefront(settings=CHECKED).simulate_get(
        "/health-check", query_string=query, headers=headers
    )

    assert answer.status_code == 200
    assert CONTENT_LANGUAGE not in answer.headers


@pytest.mark.usefixtures("without_storage")
@pytest.mark.parametrize("headers", [{}, {"Store": "DE"}])
@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/no-such-path", 404), ("DELETE", "/stores", 405)]
)
def test_refusals_need_no_storage(
    storefront: Callable[..., Any], method: str, path: str, status: int, headers: dict[str, str]
) -> None:
    """A place that is not there is none, whether the storage answers or not."""
    answer = storefront().simulate_request(method, path, headers=headers)

    assert answer.status_code == status


@pytest.mark.usefixtures("without_storage")
@pytest.mark.parametrize("headers", [{}, {"Store": "DE"}])
def test_what_needs_the_store_is_unavailable(
    storefront: Callable[..., Any], headers: dict[str, str]
) -> None:
    """Where a resource is shown in a locale, a lost storage is 503."""
    assert storefront().simulate_get("/stores", headers=headers).status_code == 503


def test_documentation_names_store_and_language(storefront: Callable[..., Any]) -> None:
    """The documentation knows how a request names its store, and the answer its language."""
    document = storefront(settings={"mode": "development"}).simulate_get("/docs.json").json
    shown = resolved(document)["paths"]["/stores"]["get"]
    names = {(each["in"], each["name"]) for each in shown["parameters"]}

    assert {("header", "Store"), ("query", "_store"), ("header", "Accept-Language")} <= names
    assert "Content-Language" in shown["responses"]["200"]["headers"]
    assert shown["responses"]["404"]["x-error-codes"] == {"601": "Store not found"}
