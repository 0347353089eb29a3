"""Dialects: the specification to the letter, or what clients of an existing Glue shop expect."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from marshmallow import Schema, fields, validate

from glue_core import Section, Settings

SECTION = "json_api"

UnknownParameters = Literal["refused", "custom", "ignored"]
"""What happens to query parameters that nobody reads."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an application deviates from JSON:API 1.1; as it stands here it does not.

    Attributes:
        flat_include: ``include`` also takes a flat list: each name switches that relationship on
            at every depth, and may be the type that a relationship leads to.
        unknown_includes_ignored: A name in ``include`` that leads nowhere is left out; else it is
            a 400.
        integer_status: The ``status`` of an error is a number; else a string.
        message_alias: An error has ``message`` beside ``detail``, with the same text.
        linkage_as_list: The linkage of a to-one relationship is a list of one or none; else an
            object or null.
        singleton_as_list: A place that holds one resource and takes no id answers with a list of
            one or none; else with the resource or null.
        null_ids: A resource without an id, such as the health of an application, shows null for it;
            else its type stands for it, since the specification wants a string.
        patch_needs_id: The document of a PATCH must repeat the id of the path; else it may.
        jsonapi_member: Every document has the ``jsonapi`` member with the version.
        relationship_links: A resource shows ``links`` of every relationship that its caller may
            see; else only relationships that hold something loaded are shown.
        query_in_self_links: The link of a resource of the type that was asked for repeats the
            query of the request.
        wrong_type_status: Status of a document or an identifier with another type than expected.
        error_titles: An error without a title of its own has the phrase of its status.
        page_needs_both: ``page[offset]`` and ``page[limit]`` count only together; one alone is as
            if it were not sent.
        unknown_fields_ignored: A type or a field in ``fields`` that nobody knows is left out; else
            it is a 400.
        unknown_sorts_ignored: A field in ``sort`` that cannot be sorted by is left out; else it is
            a 400.
        unknown_filters_ignored: A filter that nobody knows does nothing; else it is a 400. One that
            is no ``filter[type.attribute]`` is a 400 either way.
        unknown_parameters: Query parameters that nobody reads: ``refused``; ``custom`` ignores
            those that the specification leaves to implementations (a letter that is not a to z);
            ``ignored`` all of them.
        foreign_parameters_ignored: Parameters of the media type that the specification does not
            know do nothing; else a ``Content-Type`` with one is a 415, and an entry of ``Accept``
            with one does not count.
        accept_ignored_with_body: A body in the media type is answered in it, whatever ``Accept``
            says of other types; else an answer that it does not allow is a 406.
        total: Name in ``meta`` of the number of resources in a collection; None leaves it out.
    """

    flat_include: bool = False
    unknown_includes_ignored: bool = False
    integer_status: bool = False
    message_alias: bool = False
    linkage_as_list: bool = False
    singleton_as_list: bool = False
    null_ids: bool = False
    patch_needs_id: bool = True
    jsonapi_member: bool = True
    relationship_links: bool = True
    query_in_self_links: bool = False
    wrong_type_status: int = 409
    error_titles: bool = True
    page_needs_both: bool = False
    unknown_fields_ignored: bool = False
    unknown_sorts_ignored: bool = False
    unknown_filters_ignored: bool = False
    unknown_parameters: UnknownParameters = "custom"
    foreign_parameters_ignored: bool = False
    accept_ignored_with_body: bool = False
    total: str | None = "total"


STRICT = Dialect()
"""The specification, to the letter; the default of an application."""

GLUE = Dialect(
    flat_include=True,
    unknown_includes_ignored=True,
    integer_status=True,
    message_alias=True,
    linkage_as_list=True,
    singleton_as_list=True,
    null_ids=True,
    patch_needs_id=False,
    jsonapi_member=False,
    relationship_links=False,
    query_in_self_links=True,
    wrong_type_status=400,
    error_titles=False,
    page_needs_both=True,
    unknown_fields_ignored=True,
    unknown_sorts_ignored=True,
    unknown_filters_ignored=True,
    unknown_parameters="ignored",
    foreign_parameters_ignored=True,
    accept_ignored_with_body=True,
)
"""What clients of an existing Glue shop expect; the default of the storefront."""

PRESETS: Mapping[str, Dialect] = MappingProxyType({"strict": STRICT, "glue": GLUE})

DEFAULTS: Mapping[str, str] = MappingProxyType({"storefront_api": "glue", "legacy_api": "glue"})
"""Presets of the applications that take over an existing shop's clients."""


class JsonApiSettings(Schema):
    """``[plugins.json_api]``."""

    dialect = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(sorted(PRESETS))),
        load_default=dict,
        metadata={
            "description": "Application to dialect, 'strict' or 'glue'. The storefront and the "
            "old application speak 'glue' by default, every other one 'strict'."
        },
    )


SETTINGS = Section(SECTION, JsonApiSettings, by_application=("dialect",))


def dialect_of(application: str, settings: Settings | None = None) -> Dialect:
    """Return the dialect of an application.

    Args:
        application: Name of the application.
        settings: The settings of the deployment; None stands for the defaults.
    """
    chosen = settings.sections.get(SECTION, {}).get("dialect", {}) if settings is not None else {}
    return PRESETS[chosen.get(application, DEFAULTS.get(application, "strict"))]


# A legal name of a member: letters, digits and what is not ASCII, with '-', '_' and ' ' inside.
_MEMBER = re.compile(
    r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9_ \u0080-\U0010ffff-]*"
    r"[A-Za-z0-9\u0080-\U0010ffff])?"
)
_RESERVED = re.compile(r"[a-z]+")

IDENTIFYING = ("type", "id")
"""Members of a resource object whose names its fields may not have."""


def wrong_name(name: str) -> str | None:
    """Say why no attribute and no relationship can have a name, or return None.

    Source:
        JSON:API 1.1, "Fields", for the two that a resource object has itself; "Member Names".
    """
    if name in IDENTIFYING:
        return "is what a resource object has beside its fields"
    if _MEMBER.fullmatch(name) is None:
        return "has characters that no member may have there"
    return None


def ignored_parameters(dialect: Dialect) -> Callable[[str], bool] | None:
    """Return the test of the names of query parameters that nobody reads and that do no harm.

    Source:
        JSON:API 1.1, "Implementation-Specific Query Parameters": a name of the letters a to z alone
        is the specification's, and one that it does not know must be refused.
    """
    if dialect.unknown_parameters == "refused":
        return None
    if dialect.unknown_parameters == "ignored":
        return lambda name: True
    return is_custom


def is_custom(name: str) -> bool:
    """Say whether the name of a query parameter is of those left to implementations."""
    base = name.partition("[")[0]
    return _MEMBER.fullmatch(base) is not None and _RESERVED.fullmatch(base) is None
