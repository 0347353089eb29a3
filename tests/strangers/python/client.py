"""Talks to the demo with the packages that openapi-python-client made of the documents.

It prints what it was told, for the test to compare with plain HTTP. mypy reads it together with the
packages, as it would read a program of somebody else's.
"""

# A generator makes the packages for the test; elsewhere there are none.
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import sys
from typing import Any, TypeVar

import httpx
from backend_api_client import AuthenticatedClient as BackendClient
from backend_api_client import Client as SignInClient
from backend_api_client.api.product_abstract import get_product_abstract
from backend_api_client.api.sign_in import post_token
from backend_api_client.models import (
    OAuthToken,
    OAuthTokenRequest,
    ProductAbstractAttributes,
    ProductAbstractDocument,
)
from legacy_api_client import AuthenticatedClient as CustomerClient
from legacy_api_client import Client as LegacyClient
from legacy_api_client.api.access_tokens import post_access_tokens
from legacy_api_client.api.customers import get_customers
from legacy_api_client.models import (
    AccessTokensAttributes,
    AccessTokensCreate,
    AccessTokensCreateAttributes,
    AccessTokensCreated,
    AccessTokensCreateDocument,
    Customers,
    CustomersAttributes,
    CustomersDocument,
)
from magazine_api_client import Client as MagazineClient
from magazine_api_client.api.articles import (
    delete_articles,
    get_articles,
    get_articles_collection,
    patch_articles,
    patch_articles_relationships_author,
    post_articles,
)
from magazine_api_client.api.authors import get_authors_collection
from magazine_api_client.models import (
    ArticlesAttributes,
    ArticlesAuthorLinkageBody,
    ArticlesAuthorRelationship,
    ArticlesCollection,
    ArticlesCreate,
    ArticlesCreateAttributes,
    ArticlesCreateAuthorRelationship,
    ArticlesCreateDocument,
    ArticlesCreateRelationships,
    ArticlesDocument,
    ArticlesRelationships,
    ArticlesUpdate,
    ArticlesUpdateAttributes,
    ArticlesUpdateDocument,
    AuthorsCollection,
    AuthorsIdentifier,
    AuthorsReference,
    ErrorDocument,
    ErrorSource,
    PageLinks,
    PageMeta,
)
from storefront_api_client import Client as StorefrontClient
from storefront_api_client.api.abstract_products import (
    get_abstract_products,
    get_abstract_products_collection,
)
from storefront_api_client.models import (
    AbstractProductPrices,
    AbstractProductPricesAttributes,
    AbstractProductsAttributes,
    AbstractProductsAttributesAttributes,
    AbstractProductsCollection,
    AbstractProductsDocument,
)
from storefront_api_client.models import ErrorDocument as StorefrontErrors

ROOT = sys.argv[1]
Kind = TypeVar("Kind")


def headers() -> dict[str, str]:
    """Return what asks for JSON:API; a client with a token writes it into what it is given."""
    return {"Accept": "application/vnd.api+json"}


def comma_lists(request: httpx.Request) -> None:
    """Write lists with commas, as the documents say: the generated code repeats the parameter."""
    values: dict[str, list[str]] = {}
    for name, value in request.url.params.multi_items():
        values.setdefault(name, []).append(value)
    query = {name: ",".join(listed) for name, listed in values.items()}
    request.url = request.url.copy_with(params=query)


HTTPX: dict[str, Any] = {"event_hooks": {"request": [comma_lists]}}
storefront = StorefrontClient(f"{ROOT}/storefront_api", headers=headers(), httpx_args=HTTPX)
magazine = MagazineClient(f"{ROOT}/magazine_api", headers=headers(), httpx_args=HTTPX)


def of(kind: type[Kind], found: object) -> Kind:
    """Return what has the kind that is expected; an error document has not."""
    if not isinstance(found, kind):
        raise TypeError(f"There is no {kind.__name__}, but {found}.")
    return found


def product() -> object:
    """Read one product."""
    document = of(AbstractProductsDocument, get_abstract_products.sync("001", client=storefront))
    attributes = of(AbstractProductsAttributes, document.data.attributes)
    material: str = of(AbstractProductsAttributesAttributes, attributes.attributes)["material"]
    return {"id": document.data.id, "name": attributes.name, "material": material}


def missing_product() -> object:
    """Read a product that there is not."""
    answer = get_abstract_products.sync_detailed("none", client=storefront)
    error = of(StorefrontErrors, answer.parsed).errors[0]
    status: int = error.status
    return {"status": status, "code": error.code, "http": int(answer.status_code)}


def page() -> object:
    """Read a page with two orders and what is related."""
    found = get_abstract_products_collection.sync(
        client=storefront,
        sort=["name", "-sku"],
        include=["abstract-product-prices", "concrete-products"],
        pageoffset=2,
        pagelimit=3,
    )
    document = of(AbstractProductsCollection, found)
    prices = [
        of(AbstractProductPricesAttributes, each.attributes).price
        for each in document.included or []
        if isinstance(each, AbstractProductPrices)
    ]
    names = [of(AbstractProductsAttributes, each.attributes).name for each in document.data]
    return {"names": names, "prices": prices}


def filtered(minutes: int) -> object:
    """Read the articles of a length."""
    found = get_articles_collection.sync(
        client=magazine, filterarticles_reading_minutes=minutes, pagelimit=100
    )
    return [each.id for each in of(ArticlesCollection, found).data]


def every_article() -> object:
    """Follow the pages to the end."""
    ids: list[str] = []
    offset = 0
    while True:
        found = get_articles_collection.sync(client=magazine, pagelimit=7, pageoffset=offset)
        document = of(ArticlesCollection, found)
        ids += [each.id for each in document.data]
        following = of(PageLinks, document.links).next_
        if not isinstance(following, str):
            return {"ids": ids, "total": of(PageMeta, document.meta).total}
        offset = int(httpx.URL(following).params["page[offset]"])


def office() -> object:
    """Sign in, and read a product of the back office."""
    form = OAuthTokenRequest(
        grant_type="password", username="petra.lang@example.com", password="Petra-runs-1-office"
    )
    base = f"{ROOT}/backend_api"
    token = of(OAuthToken, post_token.sync(client=SignInClient(base), body=form)).access_token
    client = BackendClient(base, token=token, headers=headers())
    document = of(ProductAbstractDocument, get_product_abstract.sync("002", client=client))
    attributes = of(ProductAbstractAttributes, document.data.attributes)
    refused = get_product_abstract.sync_detailed(
        "002", client=BackendClient(base, token="none", headers=headers())
    )
    return {
        "refused": int(refused.status_code),
        "sku": attributes.product_abstract_sku,
        "stores": attributes.stores,
    }


def write() -> object:
    """Create, change and delete an article, each time knowing its state."""
    authors = of(AuthorsCollection, get_authors_collection.sync(client=magazine, pagelimit=1))
    author = AuthorsReference(type_="authors", id=authors.data[0].id)
    body = ArticlesCreateDocument(
        data=ArticlesCreate(
            type_="articles",
            attributes=ArticlesCreateAttributes(title="By Python", body="Text.", tags=["a", "b"]),
            relationships=ArticlesCreateRelationships(
                author=ArticlesCreateAuthorRelationship(data=author)
            ),
        )
    )
    created = post_articles.sync_detailed(client=magazine, body=body)
    article = of(ArticlesDocument, created.parsed).data
    state = created.headers["etag"]
    change = ArticlesUpdateDocument(
        data=ArticlesUpdate(
            type_="articles", id=article.id, attributes=ArticlesUpdateAttributes(title="Changed")
        )
    )
    updated = patch_articles.sync_detailed(article.id, client=magazine, body=change, if_match=state)
    late = patch_articles.sync_detailed(article.id, client=magazine, body=change, if_match=state)
    read = get_articles.sync_detailed(article.id, client=magazine, include=["author"])
    moved = patch_articles_relationships_author.sync_detailed(
        article.id, client=magazine, body=ArticlesAuthorLinkageBody(data=None)
    )
    removed = delete_articles.sync_detailed(article.id, client=magazine)
    gone = get_articles.sync_detailed(article.id, client=magazine)
    answers = (created, updated, late, read, moved, removed, gone)
    data = of(ArticlesDocument, read.parsed).data
    shown = of(ArticlesAttributes, data.attributes)
    relationship = of(ArticlesRelationships, data.relationships).author
    writer = of(ArticlesAuthorRelationship, relationship).data
    return {
        "statuses": [int(each.status_code) for each in answers],
        "title": shown.title,
        "tags": shown.tags,
        "minutes": shown.reading_minutes,
        "wrote": of(AuthorsIdentifier, writer).id == author.id,
        "late": of(ErrorDocument, late.parsed).errors[0].code,
    }


def wrong_body() -> object:
    """Create an article that breaks rules."""
    attributes = ArticlesCreateAttributes(title="", body="", reading_minutes=-1)
    body = ArticlesCreateDocument(data=ArticlesCreate(type_="articles", attributes=attributes))
    found = of(ErrorDocument, post_articles.sync(client=magazine, body=body))
    return [
        {"status": each.status, "pointer": of(ErrorSource, each.source).pointer}
        for each in found.errors
    ]


def old() -> object:
    """Sign in at the old application, and read the customer."""
    base = f"{ROOT}/legacy_api"
    attributes = AccessTokensCreateAttributes("nora.winter@example.com", "Nora-likes-1-lamp")
    login = AccessTokensCreateDocument(AccessTokensCreate("access-tokens", attributes))
    anonymous = LegacyClient(base, headers=headers())
    tokens = of(AccessTokensCreated, post_access_tokens.sync(client=anonymous, body=login))
    token = str(of(AccessTokensAttributes, tokens.data.attributes).access_token)
    client = CustomerClient(base, token=token, headers=headers())
    document = of(CustomersDocument, get_customers.sync("DE--1", client=client))
    customer = of(Customers, document.data)
    shown = of(CustomersAttributes, customer.attributes)
    return {"id": customer.id, "firstName": shown.first_name, "salutation": shown.salutation}


TOLD = {
    "product": product(),
    "missingProduct": missing_product(),
    "page": page(),
    "filtered": filtered(5),
    "everyArticle": every_article(),
    "office": office(),
    "write": write(),
    "wrongBody": wrong_body(),
    "old": old(),
}
sys.stdout.write(json.dumps(TOLD))
