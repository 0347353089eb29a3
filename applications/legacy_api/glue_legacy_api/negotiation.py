"""Negotiation: there is one convention, so only a version may be asked for."""

from __future__ import annotations

from dataclasses import replace

from glue_core import Asked, GlueVersion, Selected, read_media_type, version_in

CONVENTION = "json_api"
MEDIA_TYPE = "application/vnd.api+json"
TYPES = frozenset({MEDIA_TYPE})


class LegacyNegotiator:
    """Selects JSON:API, whatever a request says, in the version of its body's media type."""

    def select(self, method: str, content_type: str | None, accept: str | None) -> Selected:
        """Say what a request selects.

        Args:
            method: HTTP method in capital letters.
            content_type: Value of ``Content-Type``, or None. It may name a version, which requests
                without a body ask for in this way too.
            accept: Value of ``Accept``, or None.
        """
        asked = None
        if content_type:
            name, parameters = read_media_type(content_type)
            version = version_in(parameters)
            if name == MEDIA_TYPE and version is not None:
                asked = Asked((version,), False, TYPES)
        return Selected(CONVENTION, MEDIA_TYPE, asked=asked)

    def at_version(self, selected: Selected, version: GlueVersion) -> Selected:
        """Return what a request selects whose path names a version."""
        return replace(selected, asked=Asked((version,), False, TYPES))

    def unselectable(self) -> tuple[str, ...]:
        """Return the conventions that no request selects: none."""
        return ()
