"""What the routes of the authorization server take and answer, for the generated documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from glue_core import (
    Answer,
    Describe,
    Fragment,
    JsonSchema,
    Operation,
    RequestParameter,
    ResponseHeader,
    View,
    object_schema,
)

FORM, JSON, HTML = "application/x-www-form-urlencoded", "application/json", "text/html"
TEXT: JsonSchema = {"type": "string"}

GRANT: Mapping[str, str] = {
    "grant_type": "What is given for the token, such as password or refresh_token.",
    "username": "Of password: the login.",
    "password": "Of password: the password.",
    "refresh_token": "Of refresh_token: the token of an earlier answer.",
    "code": "Of authorization_code: the code.",
    "redirect_uri": "Of authorization_code: where the code was sent to.",
    "code_verifier": "Of authorization_code: the text behind the code challenge.",
    "client_id": "Id of the client; a public one by default.",
    "client_secret": "Secret of the client, where it has one.",
    "scope": "Scopes that are wanted, with spaces.",
}
TOKEN: Mapping[str, str] = {
    "token": "The token.",
    "token_type_hint": "What it is: access_token or refresh_token.",
    "client_id": "Id of the client; a public one by default.",
    "client_secret": "Secret of the client, where it has one.",
}
AUTHORIZATION: Mapping[str, str] = {
    "response_type": "Always code.",
    "client_id": "Id of the client.",
    "redirect_uri": "Where the code is sent to.",
    "scope": "Scopes that are wanted, with spaces.",
    "state": "A text of the client that is sent back.",
    "code_challenge": "Challenge of the code verifier.",
    "code_challenge_method": "Always S256.",
}
CHALLENGE = ResponseHeader("WWW-Authenticate", "How a client proves who it is.", statuses=(401,))


def describe_token(operation: Operation, view: View) -> Fragment:
    """Describe the request for a token, and the token.

    Source:
        RFC 6749, sections 4 and 5.
    """
    token = object_schema(
        {
            "token_type": TEXT,
            "expires_in": {"type": "integer", "description": "Seconds from now."},
            "access_token": TEXT,
            "refresh_token": TEXT,
            "scope": TEXT,
        },
        ["token_type", "expires_in", "access_token"],
    )
    # A grant of a plugin may give more.
    token["additionalProperties"] = True
    shown = view.share("Token", None, lambda: token)
    return _form(GRANT, ("grant_type",), Answer(content={JSON: shown}))


def describe_revocation(operation: Operation, view: View) -> Fragment:
    """Describe the end of a token (RFC 7009)."""
    return _form(TOKEN, ("token",), Answer(content={JSON: {"type": "object"}}))


def describe_introspection(operation: Operation, view: View) -> Fragment:
    """Describe what a token says (RFC 7662)."""
    found: JsonSchema = {
        "type": "object",
        "properties": {"active": {"type": "boolean"}},
        "required": ["active"],
        "additionalProperties": True,
    }
    return _form(TOKEN, ("token",), Answer(content={JSON: found}))


def describe_sign_in(operation: Operation, view: View) -> Fragment:
    """Describe the page on which people sign in, and where it leads."""
    page = {HTML: TEXT}
    parameters = tuple(RequestParameter(name, text) for name, text in AUTHORIZATION.items())
    text = "Address of the client, with the code or an error."
    location = ResponseHeader("Location", text, statuses=(303,))
    answers = (
        Answer(200, page),
        Answer(303, description="On to the client."),
        *(Answer(status, page) for status in (400, 401, 403, 429)),
    )
    body: JsonSchema = {"type": "object", "additionalProperties": TEXT}
    posts = operation.http_method == "POST"
    return Fragment(
        parameters=() if posts else parameters,
        headers=(location,),
        body={FORM: body} if posts else {},
        answers=answers,
    )


def in_objects(describe: Describe) -> Describe:
    """Return what describes the same, with errors as the standard has them in plain JSON.

    Source:
        RFC 6749, section 5.2.
    """
    error = object_schema({"error": TEXT, "error_description": TEXT}, ["error"])

    def described(operation: Operation, view: View) -> Fragment:
        found = describe(operation, view)
        if operation.convention is not None:
            return found
        return replace(found, errors_as={JSON: view.share("OAuthError", None, lambda: error)})

    return described


def describing(schema: JsonSchema) -> Describe:
    """Return what describes an answer in JSON.

    Args:
        schema: The answer.
    """
    return lambda operation, view: Fragment(answers=(Answer(content={JSON: schema}),))


describe_metadata = describing({"type": "object", "required": ["issuer"]})
describe_key_set = describing({"type": "object", "required": ["keys"]})


def _form(texts: Mapping[str, str], required: tuple[str, ...], answer: Answer) -> Fragment:
    """Describe a form, which may be sent as JSON as well, and its answer."""
    members = {name: {**TEXT, "description": text} for name, text in texts.items()}
    body = object_schema(members, required)
    return Fragment(headers=(CHALLENGE,), body={FORM: body, JSON: body}, answers=(answer,))
