"""Parameters of OAuth requests: forms or JSON, snake or camel case, in the body or the query."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, unquote

from glue_core import AuthenticationRequest, GlueRequest, GrantRefused, read_json

MOST = 100
"""Parameters of one request."""
_UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")


def snake_case(name: str) -> str:
    """Return a name as RFC 6749 spells it: ``grantType`` is ``grant_type``."""
    return _UPPER.sub(lambda found: "_" + found.group(1).lower(), name)


def body_parameters(request: GlueRequest) -> dict[str, str]:
    """Read the body of a request, whatever its ``Content-Type`` says.

    A body that starts with a brace is JSON, any other a form. In JSON the parameters are the
    document, or the attributes of its ``data``.

    Raises:
        GrantRefused: ``invalid_request``: it cannot be read, or says something twice.
    """
    content = request.content
    if not content.lstrip().startswith(b"{"):
        return form_parameters(content)
    before = len(request.errors)
    document = read_json(request)
    if len(request.errors) > before or not isinstance(document, dict):
        del request.errors[before:]
        raise GrantRefused("invalid_request", "The body is neither a form nor JSON.")
    data = document.get("data")
    if isinstance(data, dict) and isinstance(data.get("attributes"), dict):
        document = data["attributes"]
    pairs = []
    for name, value in document.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise GrantRefused("invalid_request", "The parameters must be texts.")
        pairs.append((name, value))
    return _collected(pairs)


def form_parameters(content: bytes | str) -> dict[str, str]:
    """Read a form, or a query.

    Raises:
        GrantRefused: ``invalid_request``: it is no form, or says something twice.
    """
    try:
        text = content if isinstance(content, str) else content.decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MOST, separator="&"
        )
    except ValueError:
        raise GrantRefused("invalid_request", "The parameters are no form.") from None
    return _collected(pairs)


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Put parameters together; a blank one is one that was left out (RFC 6749, section 3.2)."""
    found: dict[str, str] = {}
    for name, value in pairs:
        name = snake_case(name)
        if name in found:
            raise GrantRefused("invalid_request", "A parameter is there more than once.")
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise GrantRefused("invalid_request", "A parameter is no text.")
        found[name] = value
    return {name: value for name, value in found.items() if value}


def authentication_request(
    request: GlueRequest, parameters: Mapping[str, str], application: str
) -> AuthenticationRequest:
    """Return what an authentication server sees of a request.

    Raises:
        GrantRefused: ``invalid_client``: the ``Authorization`` header cannot be read.
    """
    return AuthenticationRequest(
        application,
        parameters,
        str(request.http_request_attributes.get("REMOTE_ADDR") or ""),
        _basic(request.header("authorization")),
        request.id,
        request.header("user-agent") or "",
    )


def _basic(header: str | None) -> tuple[str, str] | None:
    """Read the id and secret of a client; another scheme is none of ours.

    Source:
        RFC 6749, section 2.3.1: both are percent-encoded as in a form.
    """
    scheme, _, value = (header or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        text = ""
    name, colon, secret = text.partition(":")
    if not colon or not name:
        raise GrantRefused(
            "invalid_client",
            "Client authentication failed.",
            status=401,
            headers={"www-authenticate": 'Basic realm="OAuth clients"'},
        )
    return unquote(name.replace("+", " ")), unquote(secret.replace("+", " "))
