"""The type ``articles``, and the errors that it answers with."""

from __future__ import annotations

from glue_articles_api.schemas import ArticleAttributes
from glue_core import ErrorCode, Resource
from glue_magazine import ID_PATTERN

ARTICLES = Resource(
    "articles",
    ArticleAttributes,
    description="An article of the magazine; a draft has not been published yet.",
    client_ids="allowed",
    id_pattern=ID_PATTERN,
    version="version",
)

NOT_FOUND = ErrorCode(404, "7001", "Article is not found.")
ID_IN_USE = ErrorCode(409, "7002", "There is an article with this id.")
CHANGED_MEANWHILE = ErrorCode(409, "7003", "The article was changed meanwhile. Read and try again.")
INVALID_ID = ErrorCode(422, "7004", "The id is no UUID of version 4 in lower case.")
AUTHOR_NOT_FOUND = ErrorCode(404, "7005", "The author of the article is not found.")
