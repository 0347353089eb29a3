"""The type ``url-resolver``, and the errors that it answers with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_urls_api.schemas import UrlAttributes

URL_RESOLVER = Resource(
    "url-resolver", UrlAttributes, id=None, description="What a path of the shop leads to."
)

URL_MISSING = ErrorCode(422, "2801", "Url request parameter is missing.")
URL_NOT_FOUND = ErrorCode(404, "2802", "Url not found.")
