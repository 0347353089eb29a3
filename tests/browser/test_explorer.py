"""The page of the documentation in a browser, as somebody uses it who writes a client."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from tests.browser.conftest import Explorer, header, token_of

pytestmark = pytest.mark.browser

CUSTOMER = ("nora.winter@example.com", "Nora-likes-1-lamp")
USER = ("petra.lang@example.com", "Petra-runs-1-office")
JSON_API, HAL = "application/vnd.api+json", "application/hal+json"
CONVENTION = ".glue-convention select"
PRODUCT = ("abstract-products", "getAbstractProducts")
PRODUCTS = ("abstract-products", "getAbstractProductsCollection")


def parameter(name: str) -> str:
    """Return the selector of the row of a parameter."""
    return f'tr[data-param-name="{name}"]'


def test_from_signing_in_to_a_link_and_back(explorer: Explorer, shop: str) -> None:
    """One signs in, chooses convention and includes, sends, follows a link and comes back."""
    base = f"{shop}/storefront_api"
    explorer.open(f"{base}/docs")
    explorer.shoot("page")
    explorer.sign_in(*CUSTOMER)

    product = explorer.operation(*PRODUCT)
    explorer.choose(CONVENTION, JSON_API, product)
    explorer.shoot("operation", product)
    explorer.type(f"{parameter('abstractProductsId')} input", "001", product)
    include = explorer.one(parameter("include"), product)
    explorer.click("summary", include)
    explorer.type("input[type=search]", "concrete-products", include)
    explorer.click("li input[value='concrete-products']", include)
    explorer.type("input[type=search]", "prices", include)
    explorer.click("li input[value='abstract-product-prices']", include)
    explorer.shoot("includes", include)
    explorer.requests()
    explorer.execute(product)

    url = f"{base}/abstract-products/001?include=concrete-products,abstract-product-prices"
    sent = explorer.requests()
    assert header(sent, url, "accept") == JSON_API
    token = header(sent, url, "authorization")
    assert token is not None
    assert token.startswith("Bearer ")
    document = explorer.answer(product)
    assert document["data"]["id"] == "001"
    types = {each["type"] for each in document["included"]}
    assert types == {"concrete-products", "abstract-product-prices"}
    assert "content-type: application/vnd.api+json" in product.text
    explorer.shoot("answer", explorer.one(".responses-wrapper", product))

    linked = next(e for e in document["included"] if e["type"] == "concrete-products")
    link = linked["links"]["self"]
    explorer.shoot("links", explorer.one(f'.glue-link[href="{link}"]', product))
    explorer.click(f'.glue-link[href="{link}"]', product)
    explorer.one(".glue-back", product)
    explorer.shoot("followed", explorer.one(".responses-wrapper", product))
    assert explorer.answer(product)["data"]["id"] == linked["id"]
    followed = explorer.requests()
    assert header(followed, link, "accept") == JSON_API
    assert header(followed, link, "authorization") == token
    assert "etag:" in explorer.one(".glue-followed", product).text

    explorer.click(".glue-back", product)
    explorer.wait(lambda: not explorer.all(".glue-back", product))
    assert explorer.answer(product) == document
    assert explorer.requests() == []


def test_pages_of_a_collection_one_after_the_other(explorer: Explorer, shop: str) -> None:
    """In HAL as well, order and page are chosen, and 'next' leads on as often as there is one."""
    explorer.open(f"{shop}/docs")
    products = explorer.operation(*PRODUCTS)
    explorer.choose(CONVENTION, HAL, products)
    explorer.type(f"{parameter('page[limit]')} input", "1", products)
    sort = explorer.one(parameter("sort"), products)
    explorer.click("summary", sort)
    explorer.click("li input[value='-sku']", sort)
    explorer.execute(products)

    pages = [explorer.answer(products)]
    for number in (1, 2):
        following = pages[-1]["_links"]["next"]["href"]
        explorer.click(f'.glue-link[href="{following}"]', products)
        trail = f"//*[@class='glue-trail']/span[starts-with(text(), '{number} link')]"
        explorer.wait(partial(products.find_elements, "xpath", f".{trail}"))
        pages.append(explorer.answer(products))
    explorer.shoot("third", explorer.one(".responses-wrapper", products))

    skus = [each["sku"] for page in pages for each in page["_embedded"]["abstract-products"]]
    assert len(skus) == 3
    assert skus == sorted(skus, reverse=True)
    explorer.click(".glue-back", products)
    explorer.wait(lambda: "1 link" in explorer.one(".glue-trail", products).text)
    assert explorer.answer(products) == pages[1]


def test_body_follows_the_convention(explorer: Explorer, shop: str) -> None:
    """The convention chooses the media type of the body, too, and the example of it."""
    explorer.refused.add(422)
    explorer.open(f"{shop}/docs")
    register = explorer.operation("customers", "postCustomers")

    def example() -> str:
        text: str = explorer.one(".body-param__text", register).get_attribute("value")
        return text

    explorer.choose(CONVENTION, JSON_API, register)
    explorer.wait(lambda: '"data"' in example())
    explorer.choose(CONVENTION, HAL, register)
    explorer.wait(lambda: '"data"' not in example())
    explorer.requests()
    explorer.execute(register)
    sent = explorer.requests()

    assert header(sent, f"{shop}/customers", "content-type") == HAL
    assert header(sent, f"{shop}/customers", "accept") == HAL
    assert explorer.answer(register)["status"] == 422
    explorer.shoot("refused", register)


def test_body_that_was_typed_stays(explorer: Explorer, shop: str) -> None:
    """What somebody typed is not taken away by the choice of another convention."""
    explorer.open(f"{shop}/docs")
    register = explorer.operation("customers", "postCustomers")
    explorer.choose(CONVENTION, JSON_API, register)
    explorer.type(".body-param__text", '{"mine": 1}', register)

    explorer.choose(CONVENTION, HAL, register)
    explorer.settle()

    text = explorer.one(".body-param__text", register).get_attribute("value")
    assert text == '{"mine": 1}'


def test_document_is_that_of_who_signed_in(explorer: Explorer, production: str) -> None:
    """In production operations appear that only the caller may know of, and go with them."""
    explorer.open(f"{production}/backend_api/docs")
    hidden = "#operations-tag-product-abstract"
    assert not explorer.all(hidden)

    explorer.sign_in(*USER)
    explorer.one(hidden)
    explorer.shoot("signed-in")
    explorer.click(".btn.authorize")
    button = "//button[text()='Logout']"
    explorer.driver.find_element("xpath", button).click()
    explorer.wait(lambda: not explorer.all(hidden))
    assert explorer.say() == ""


def test_token_is_pasted(explorer: Explorer, production: str) -> None:
    """A token from elsewhere counts as one that the page asked for; a wrong one is told."""
    base = f"{production}/backend_api"
    explorer.refused.add(401)
    explorer.open(f"{base}/docs")

    def paste(token: str) -> None:
        explorer.click(".btn.authorize")
        field = explorer.one("#auth-bearer-value")
        field.send_keys(token)
        form = "//*[@id='auth-bearer-value']/ancestor::*[contains(@class, 'auth-container')]"
        explorer.driver.find_element("xpath", f"{form}//button[text()='Authorize']").click()

    paste("no token")
    explorer.wait(lambda: "refused (401)" in explorer.say())
    assert not explorer.all("#operations-tag-product-abstract")
    explorer.driver.find_element("xpath", "//button[text()='Logout']").click()
    explorer.wait(lambda: explorer.say() == "")
    explorer.click(".close-modal")

    paste(token_of(base, *USER))
    explorer.one("#operations-tag-product-abstract")
    explorer.click(".close-modal")


@pytest.mark.parametrize("name", ["backend_api", "legacy_api", "magazine_api", "storefront_api"])
def test_every_application_at_its_host(explorer: Explorer, shop: str, name: str) -> None:
    """At the virtual host of an application there is its page, which calls that host."""
    host = shop.replace("127.0.0.1", f"{name}.localhost")
    explorer.open(f"{host}/docs")

    assert explorer.one(".servers select").get_attribute("value") == host
    assert {each["url"] for each in explorer.requests()} >= {f"{host}/docs.json"}


def test_narrow_window(explorer: Explorer, shop: str) -> None:
    """On a small screen nothing of an operation is cut off."""
    explorer.driver.set_window_size(500, 900)
    explorer.open(f"{shop}/docs")
    product = explorer.operation(*PRODUCT)
    explorer.shoot("narrow", product)

    wide, seen = explorer.driver.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen


LINKS: list[tuple[str, list[str], Any, str | None]] = [
    ("/b", ["links", "self"], {"self": "/b"}, "http://h/b"),
    ("http://h/a/b", ["data", "links", "self"], {}, "http://h/a/b"),
    ("/b", ["links", "next", "href"], {"href": "/b", "meta": {}}, "http://h/b"),
    ("b", ["links", "next", "title"], {"href": "/b", "title": "b"}, None),
    ("/b", ["_links", "self", "href"], {"href": "/b"}, "http://h/b"),
    ("/b{?page}", ["_links", "find", "href"], {"href": "/b{?page}", "templated": True}, None),
    ("/b", ["_links", "find", "href"], {"href": "/b", "templated": True}, None),
    ("http://h/a/b", ["attributes", "url"], {}, "http://h/a/b"),
    ("http://h/ab", ["attributes", "url"], {}, None),
    ("http://x/a/b", ["attributes", "url"], {}, None),
    ("http://x/a/b", ["links", "about"], {}, "http://x/a/b"),
    ("/b", ["attributes", "path"], {}, None),
    ("javascript:alert(1)", ["links", "self"], {}, None),
    ("data:text/html,x", ["links", "self"], {}, None),
    ("a b", ["links", "self"], {}, None),
]


def test_what_a_link_is(explorer: Explorer, shop: str) -> None:
    """Links are what conventions say they are, and addresses of the application anywhere."""
    explorer.open(f"{shop}/docs")
    script = """
        const [cases, done] = arguments;
        import("./docs/links.js").then(({ target, isOwn, carried }) => done({
            targets: cases.map(([text, path, holder]) =>
                target(text, path, holder, "http://h/a/", ["http://h/a"])),
            own: ["http://h/x", "http://h:81/a", "https://h/a", "http://x/http://h/a"].map(
                (each) => isOwn(each, ["http://h/a"])),
            carried: carried({
                Accept: "a", authorization: "b", "Content-Type": "c", "If-Match": "d",
                "X-Api-Key": "e", "Idempotency-Key": "f"}),
        }));
    """
    cases = [list(each[:3]) for each in LINKS]
    told = explorer.driver.execute_async_script(script, cases)

    assert told["targets"] == [each[3] for each in LINKS]
    assert told["own"] == [True, False, False, False]
    assert told["carried"] == {"Accept": "a", "authorization": "b", "X-Api-Key": "e"}


def test_own_address_is_called_first(explorer: Explorer, shop: str) -> None:
    """The page calls and signs in where it is from, whatever else the settings name."""
    explorer.open(f"{shop}/docs")
    script = """
        const [given, done] = arguments;
        import("./docs/document.js").then(({ withServer }) => done(
            ["http://h/a/docs.json", "http://public/a/docs.json"].map(
                (source) => withServer(given, source))));
    """
    tokens = {"tokenUrl": "http://public/a/token", "scopes": {}}
    elsewhere = {"tokenUrl": "http://login/token", "scopes": {}}
    flows = {"password": tokens, "clientCredentials": elsewhere}
    scheme = {"type": "oauth2", "flows": flows}
    servers = [{"url": "http://public/a/"}, {"url": "/b"}]
    given = {"servers": servers, "components": {"securitySchemes": {"oauth2": scheme}}}

    moved, same = explorer.driver.execute_async_script(script, given)

    assert same == given
    own = {"url": "http://h/a", "description": "Where this page is from"}
    assert moved["servers"] == [own, *servers]
    found = moved["components"]["securitySchemes"]["oauth2"]["flows"]
    assert found["password"]["tokenUrl"] == "http://h/a/token"
    assert found["clientCredentials"] == elsewhere


def test_order_of_parameters(explorer: Explorer, shop: str) -> None:
    """First stands what the path needs, then what most people look for; headers are last."""
    explorer.open(f"{shop}/docs")
    names = [
        each.get_attribute("data-param-name")
        for each in explorer.all("tr[data-param-name]", explorer.operation(*PRODUCTS))
    ]
    of_name = [each.partition("[")[0] for each in names]

    wanted = ["include", "filter", "sort", "page", "currency", "fields", "Store"]
    assert [each for each in dict.fromkeys(of_name) if each in wanted] == wanted


def test_created_resource_is_a_link(explorer: Explorer, shop: str) -> None:
    """Where an answer has a location, that is a link as well."""
    explorer.open(f"{shop}/magazine_api/docs")
    create = explorer.operation("authors", "postAuthors")
    explorer.choose(CONVENTION, JSON_API, create)
    ada = {"name": "Ada Berg", "email": "ada@example.com", "joinedOn": "2026-01-02"}
    body = {"data": {"type": "authors", "attributes": ada}}
    explorer.type(".body-param__text", json.dumps(body), create)
    explorer.execute(create)

    made = explorer.answer(create)["data"]
    assert made["attributes"]["name"] == "Ada Berg"
    location = explorer.one(".glue-location a", create)
    assert location.get_attribute("href") == f"{shop}/magazine_api/authors/{made['id']}"
    explorer.requests()
    explorer.click(".glue-location a", create)
    explorer.one(".glue-back", create)
    assert explorer.answer(create)["data"] == made
    # What is about the body of the request before goes no further.
    address = f"{shop}/magazine_api/authors/{made['id']}"
    assert header(explorer.requests(), address, "content-type") is None
