"""The type ``authors``, and the errors that it answers with."""

from __future__ import annotations

from glue_authors_api.schemas import AuthorAttributes
from glue_core import ErrorCode, Resource
from glue_magazine import ID_PATTERN

AUTHORS = Resource(
    "authors",
    AuthorAttributes,
    description="Somebody who writes for the magazine.",
    client_ids="allowed",
    id_pattern=ID_PATTERN,
    version="version",
)

NOT_FOUND = ErrorCode(404, "7101", "Author is not found.")
ID_IN_USE = ErrorCode(409, "7102", "There is an author with this id.")
CHANGED_MEANWHILE = ErrorCode(409, "7103", "The author was changed meanwhile. Read and try again.")
INVALID_ID = ErrorCode(422, "7104", "The id is no UUID of version 4 in lower case.")
ARTICLE_NOT_FOUND = ErrorCode(404, "7105", "An article of the author is not found.")
