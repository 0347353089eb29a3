"""What the routes of the authorization server take and answer, for the generated documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from glue_core import (
    Answer,
    Describe,
    Fragment,
    JsonSchema,
    Operation,
    RequestParameter,
    ResponseHeader,
    Tag,
    View,
    object_schema,
)

FORM, JSON, HTML = "application/x-www-form-urlencoded", "application/json", "text/html"
TEXT: JsonSchema = {"type": "string"}
TAG = Tag("sign-in", "Tokens: how to get them, to end them and to look at them, as OAuth 2 has it.")
ENDPOINTS = ("token", "revocation", "introspection")
SAID: JsonSchema = {"type": "string", "minLength": 1}
"""A parameter that must be there: a blank one is one that was left out."""

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
MUST: Mapping[str, JsonSchema] = {
    "response_type": {"type": "string", "enum": ["code"]},
    "client_id": SAID,
    "code_challenge": {"type": "string", "minLength": 43, "maxLength": 43},
    "code_challenge_method": {"type": "string", "enum": ["S256"]},
}
"""What every authorization request has; a redirect address may be that of the client."""
CHALLENGE = ResponseHeader("WWW-Authenticate", "How a client proves who it is.", statuses=(401,))


def describing_token(grants: Callable[[], Sequence[str]]) -> Describe:
    """Return what describes the request for a token, and the token.

    Args:
        grants: Returns the names of the grants that there are.
    """
    return lambda operation, view: _token(view, grants())


def _token(view: View, grants: Sequence[str]) -> Fragment:
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
    shown = view.share("OAuthToken", None, lambda: token)
    kinds: JsonSchema = {"type": "string", "enum": list(grants)}
    return _form(view, "OAuthTokenRequest", GRANT, {"grant_type": kinds}, shown)


def describe_revocation(operation: Operation, view: View) -> Fragment:
    """Describe the end of a token (RFC 7009)."""
    nothing = view.share("OAuthNothing", None, lambda: object_schema({}, closed=True))
    return _form(view, "OAuthTokenReference", TOKEN, {"token": SAID}, nothing)


def describe_introspection(operation: Operation, view: View) -> Fragment:
    """Describe what a token says (RFC 7662)."""
    number: JsonSchema = {"type": "integer", "description": "Seconds since 1970."}
    found = object_schema(
        {
            "active": {
                "type": "boolean",
                "description": "Whether it counts; else nothing is told.",
            },
            **dict.fromkeys(("token_type", "iss", "sub", "client_id", "jti", "scope"), TEXT),
            "aud": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
            **dict.fromkeys(("iat", "nbf", "exp"), number),
        },
        ["active"],
    )
    found["additionalProperties"] = True
    shown = view.share("OAuthIntrospection", None, lambda: found)
    return _form(view, "OAuthTokenReference", TOKEN, {"token": SAID}, shown)


def describe_sign_in(operation: Operation, view: View) -> Fragment:
    """Describe the page on which people sign in, and where it leads."""
    page = {HTML: TEXT}
    parameters = tuple(
        RequestParameter(name, text, MUST.get(name, TEXT), required=name in MUST)
        for name, text in AUTHORIZATION.items()
    )
    text = "Address of the client, with the code or an error."
    location = ResponseHeader("Location", text, statuses=(303,))
    answers = (
        Answer(200, page),
        Answer(303, description="On to the client."),
        *(Answer(status, page) for status in (400, 401, 403, 429)),
    )
    form: JsonSchema = {"type": "object", "additionalProperties": TEXT}
    posts = operation.http_method == "POST"
    return Fragment(
        parameters=() if posts else parameters,
        headers=(location,),
        body={FORM: view.share("OAuthSignIn", None, lambda: form)} if posts else {},
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


def describe_metadata(operation: Operation, view: View) -> Fragment:
    """Describe where the routes are, and what they offer.

    Source:
        RFC 8414, section 2.
    """
    address: JsonSchema = {"type": "string", "format": "uri"}
    places = [f"{each}_endpoint" for each in ("authorization", *ENDPOINTS)]
    lists = [
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "scopes_supported",
        "code_challenge_methods_supported",
        *(f"{each}_endpoint_auth_methods_supported" for each in ENDPOINTS),
    ]
    metadata = object_schema(
        {
            **dict.fromkeys(("issuer", "jwks_uri", *places), address),
            **{key: {"type": "array", "items": TEXT} for key in lists},
            "authorization_response_iss_parameter_supported": {"type": "boolean"},
        },
        ["issuer"],
    )
    metadata["additionalProperties"] = True
    shown = view.share("OAuthMetadata", None, lambda: metadata)
    return Fragment(answers=(Answer(content={JSON: shown}),))


def describe_key_set(operation: Operation, view: View) -> Fragment:
    """Describe the public keys.

    Source:
        RFC 7517, sections 4 and 5; the members of a key depend on its type (RFC 7518, section 6).
    """
    key = object_schema(dict.fromkeys(("kty", "use", "alg", "kid"), TEXT), ["kty"])
    key["additionalProperties"] = True
    keys = {"type": "array", "items": view.share("JsonWebKey", None, lambda: key)}
    whole = view.share("JsonWebKeySet", None, lambda: object_schema({"keys": keys}, ["keys"]))
    return Fragment(answers=(Answer(content={JSON: whole}),))


def _form(
    view: View,
    name: str,
    texts: Mapping[str, str],
    required: Mapping[str, JsonSchema],
    answer: JsonSchema,
) -> Fragment:
    """Describe a form, which may be sent as JSON as well, and its answer.

    Args:
        view: What shares the schemas.
        name: Name of the schema of the form.
        texts: What each parameter is.
        required: Schemas of those that must be there.
        answer: The answer.
    """

    def body(others: JsonSchema) -> JsonSchema:
        members = {
            name: {**required.get(name, others), "description": text}
            for name, text in texts.items()
        }
        # A parameter that nobody knows is ignored, and is a text all the same.
        return {**object_schema(members, required), "additionalProperties": others}

    # In JSON null is one that was left out.
    form = view.share(name, None, lambda: body(TEXT))
    in_json = view.share(f"{name}InJson", None, lambda: body({"type": ["string", "null"]}))
    answers = (Answer(content={JSON: answer}),)
    return Fragment(headers=(CHALLENGE,), body={JSON: in_json, FORM: form}, answers=answers)
