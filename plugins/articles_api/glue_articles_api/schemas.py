"""What clients see of an article, and what they may send."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from glue_core import UtcDateTime, as_json_schema
from glue_magazine import (
    LONGEST_BODY,
    LONGEST_READING_MINUTES,
    LONGEST_TAG,
    LONGEST_TITLE,
    MOST_TAGS,
)


@as_json_schema({"uniqueItems": True})
def each_once(tags: list[str]) -> None:
    """Refuse a tag that stands in the list twice."""
    if len(set(tags)) < len(tags):
        twice = sorted({tag for tag in tags if tags.count(tag) > 1})
        raise ValidationError(f"Named more than once: {', '.join(twice)}.")


class ArticleAttributes(Schema):
    """Attributes of an article."""

    title = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_TITLE),
        metadata={"description": "Title."},
    )
    body = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_BODY),
        metadata={"description": "Text, in paragraphs with an empty line between them."},
    )
    published_at = UtcDateTime(
        load_default=None,
        allow_none=True,
        data_key="publishedAt",
        metadata={"description": "When it was or will be published, in UTC; null for a draft."},
    )
    reading_minutes = fields.Integer(
        strict=True,
        load_default=1,
        validate=validate.Range(min=1, max=LONGEST_READING_MINUTES),
        data_key="readingMinutes",
        metadata={"description": "Time that reading takes, in minutes."},
    )
    tags = fields.List(
        fields.String(validate=validate.Length(min=1, max=LONGEST_TAG)),
        load_default=list,
        validate=[validate.Length(max=MOST_TAGS), each_once],
        metadata={"description": "Tags in the order that the author gave them, each once."},
    )
    created_at = UtcDateTime(
        dump_only=True,
        data_key="createdAt",
        metadata={"description": "When the article was created, in UTC."},
    )
    updated_at = UtcDateTime(
        dump_only=True,
        data_key="updatedAt",
        metadata={"description": "When the article or its author was last changed, in UTC."},
    )
