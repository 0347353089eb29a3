"""Answers held against the generated documentation of the application that gave them.

Of the document only that much is made which somebody asks for. What it says is compiled once, for
all tests of a process that ask alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from glue_core.application import WSGI, StartResponse
from glue_core.host import Host
from glue_core.http import HttpApplication
from glue_core.openapi.describing import ANYTHING
from glue_core.openapi.document import ERROR_CODES, resolved
from glue_core.openapi.naming import placeholders, with_placeholders
from glue_core.openapi.serving import Documentation
from glue_core.target import host_of
from glue_core.testing.client import call

Part = dict[str, Any]

_PARTS: WeakKeyDictionary[Documentation, dict[tuple[str, str], Part]] = WeakKeyDictionary()


class Undocumented(AssertionError):
    """An answer that the documentation does not know."""


def documented(wsgi: WSGI) -> WSGI:
    """Return a WSGI application whose every answer is held against the documentation.

    For clients other than `glue_core.testing.Client`, which does so itself where it is asked to.

    Args:
        wsgi: A host, or the application of a deployment.
    """

    def checked(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        before = dict(environ)
        response = call(wsgi, environ)
        content_type = response.headers.get("content-type")
        check_answer(wsgi, before, response.status_code, content_type, response.content)
        start_response(response.status, list(response.headers.pairs))
        return [response.content]

    return checked


def check_answer(
    wsgi: object,
    environ: Mapping[str, Any],
    status: int,
    content_type: str | None,
    content: bytes,
) -> None:
    """Check that an answer is as the documentation says.

    The refusal of a place that there is not has no documentation, nor has what has no flow, and of
    a request that names no host nobody knows who would answer it.

    Args:
        wsgi: What was asked: a host, or the application itself.
        environ: The WSGI environment, as it was before.
        status: Status of the answer.
        content_type: Its media type, or None.
        content: Its body.

    Raises:
        Undocumented: The status, the media type, the document or a code is not documented.
    """
    asked = dict(environ)
    if not host_of(asked):
        return
    if isinstance(wsgi, Host):
        wsgi, asked = wsgi.answering(asked)
    if not isinstance(wsgi, HttpApplication) or wsgi.documentation is None:
        return
    flow, request = wsgi.request_of(asked)
    if flow.operation.refusal is not None or request.resource.route is None:
        return
    method = environ["REQUEST_METHOD"]
    read = "GET" if method == "HEAD" else method
    part = _part(wsgi.documentation, request.resource.route, read.lower())
    where = f"{method} {request.resource.route}"
    responses = part["operation"]["responses"]
    shown = responses.get(str(status), responses.get("default") if status >= 400 else None)
    if shown is None:
        raise Undocumented(
            f"{where} answered {status}, and the documentation has "
            f"{', '.join(responses)}: {content[:300]!r}"
        )
    if method == "HEAD" or not content:
        return
    documented = shown.get("content", {})
    media_type = _documented_type(content_type or "", documented)
    if media_type is None:
        raise Undocumented(
            f"{where} answered {status} as {content_type}, and the documentation has "
            f"{', '.join(documented) or 'no body'}."
        )
    schema = documented[media_type].get("schema")
    if not schema or "json" not in media_type:
        return
    document = json.loads(content)
    problem = _problem(_frozen(schema), part["schemas"], document)
    if problem is not None:
        raise Undocumented(f"{where} answered {status} as {media_type}: {problem}")
    if status >= 400 and "default" not in responses:
        _check_codes(where, status, document, part)


def _part(documentation: Documentation, template: str, method: str) -> Part:
    """Return what the documentation says of one method at one place."""
    parts = _PARTS.setdefault(documentation, {})
    found = parts.get((template, method))
    if found is None:

        def wanted(path: str, name: str) -> bool:
            return path == template and name == method

        whole = resolved(documentation.made(wanted=wanted))
        path = _path_in(whole["paths"], template)
        operation = whole["paths"][path].get(method) if path is not None else None
        if operation is None:
            raise Undocumented(f"{method.upper()} {template} is not documented.")
        schemas = _frozen(whole["components"].get("schemas", {}))
        found = parts[template, method] = {"operation": operation, "schemas": schemas}
    return found


def _path_in(paths: Mapping[str, Any], template: str) -> str | None:
    """Return the path of the document that a template is, whatever its parameters are called."""

    def bare(path: str) -> str:
        return with_placeholders(path, [""] * len(placeholders(path)))

    return next((path for path in paths if bare(path) == bare(template)), None)


def _documented_type(content_type: str, documented: Mapping[str, Any]) -> str | None:
    """Return the documented media type that an answer has: parameters count where it has them."""
    main, *given = (each.strip() for each in content_type.split(";"))
    if ANYTHING in documented:
        return ANYTHING
    for media_type in sorted(documented, key=len, reverse=True):
        name, *needed = (each.strip() for each in media_type.split(";"))
        if name == main and set(needed) <= set(given):
            return media_type
    return None


def _frozen(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@lru_cache(maxsize=2048)
def _validator(schema: str, schemas: str) -> Any:
    """Compile a schema, with the shared ones that it refers to."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    shared = {name: _closed(each) for name, each in _shared(schemas).items()}
    whole = {**_closed(json.loads(schema)), "components": {"schemas": shared}}
    return Draft202012Validator(whole)


@lru_cache(maxsize=512)
def _shared(schemas: str) -> Any:
    return json.loads(schemas)


def _closed(schema: Any) -> Any:
    """Return a schema that takes no members but those that it names, for answers of our own."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: {key: _closed(each) for key, each in value.items()}
        if name in ("properties", "patternProperties")
        else value
        if name in ("const", "enum", "examples", "default", "required", "discriminator")
        else _closed(value)
        for name, value in schema.items()
    }
    if "properties" in found:
        found.setdefault("additionalProperties", False)
    return found


def _problem(schema: str, schemas: str, document: Any) -> str | None:
    """Return what of a document contradicts a schema, or None."""
    from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

    error = best_match(_validator(schema, schemas).iter_errors(document))
    if error is None:
        return None
    return f"{error.json_path}: {error.message[:600]}"


def _check_codes(where: str, status: int, document: Any, part: Part) -> None:
    known = {
        code
        for shown in part["operation"]["responses"].values()
        for code in shown.get(ERROR_CODES, ())
    }
    unknown = sorted(set(_codes(document)) - known)
    if unknown:
        raise Undocumented(
            f"{where} answered {status} with the code {', '.join(unknown)}, and the documentation "
            f"has {', '.join(sorted(known))}: {json.dumps(document)[:300]}"
        )


def _codes(document: Any) -> Iterator[str]:
    errors = document.get("errors") if isinstance(document, dict) else document
    for each in errors if isinstance(errors, list) else ():
        if isinstance(each, dict) and isinstance(each.get("code"), str):
            yield each["code"]
