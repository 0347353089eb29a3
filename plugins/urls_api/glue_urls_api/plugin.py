"""What the plugin contributes."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import ErrorText, Features, Operation, Parameter, hookimpl
from glue_urls import UrlReader
from glue_urls_api.controller import PARAMETER, UrlResolverController
from glue_urls_api.processor import UrlResolver
from glue_urls_api.resource import URL_MISSING, URL_NOT_FOUND, URL_RESOLVER

GERMAN = (
    (URL_MISSING, "Der Parameter url fehlt."),
    (URL_NOT_FOUND, "Diese Adresse führt nirgendwohin."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/url-resolver``."""
    controller = UrlResolverController(UrlResolver(features.get(UrlReader)))
    return [
        Operation(
            "getCollection",
            controller.get,
            "url-resolver",
            URL_RESOLVER,
            parameters=(
                Parameter(
                    PARAMETER,
                    "Path of the shop with its language, such as /en/desk-lamp.",
                    required=True,
                    pattern=r"[^\s\x1c-\x1f\x85]",
                ),
            ),
            errors=(URL_MISSING, URL_NOT_FOUND),
            summary="Say what a path of the shop leads to.",
        )
    ]
