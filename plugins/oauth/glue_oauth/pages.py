"""The sign-in page: plain HTML that loads nothing, runs nothing and is framed by nobody."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem}"
    "label{display:block;margin:.75rem 0 .25rem}"
    "input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit}"
    "button{margin:1rem .5rem 0 0;padding:.5rem 1rem;font:inherit}"
    ".wrong{border-left:4px solid #b00020;padding-left:.75rem}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

TOKEN_FIELD, ANSWER_FIELD, DENY = "sign_in_token", "answer", "deny"
USERNAME_FIELD, PASSWORD_FIELD = "username", "password"


def sign_in_page(
    client: str,
    scopes: Sequence[str],
    hidden: Mapping[str, str],
    token: str,
    *,
    wrong: str = "",
    username: str = "",
) -> bytes:
    """Return the page that asks for a name and a password.

    Args:
        client: Name of the client that asks.
        scopes: Scopes that it asks for; none stands for all that the person has.
        hidden: Parameters of the authorization request, which the form sends back.
        token: What proves that the form came from this page.
        wrong: What was wrong with the last try, or an empty text.
        username: Name that was typed before.
    """
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in {**hidden, TOKEN_FIELD: token}.items()
    )
    asked = f"<p>It asks for: <strong>{escape(', '.join(scopes))}</strong></p>" if scopes else ""
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    return _page(
        "Sign in",
        f"<h1>Sign in</h1>"
        f"<p><strong>{escape(client)}</strong> wants to act for you.</p>{asked}{told}"
        f'<form method="post" autocomplete="on">{fields}'
        f'<label for="u">Name</label><input id="u" name="{USERNAME_FIELD}" '
        f'value="{escape(username)}" autocomplete="username" autofocus>'
        f'<label for="p">Password</label><input id="p" name="{PASSWORD_FIELD}" type="password" '
        f'autocomplete="current-password">'
        f"<button>Sign in</button>"
        f'<button name="{ANSWER_FIELD}" value="{DENY}">Do not</button></form>',
    )


def error_page(message: str) -> bytes:
    """Return the page for a request whose answer can be sent nowhere else."""
    return _page("Not possible", f"<h1>This is not possible</h1><p>{escape(message)}</p>")


def _page(title: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    ).encode()


def page_headers(redirect_uri: str | None = None) -> dict[str, str]:
    """Return the headers of a page.

    Args:
        redirect_uri: Where the form leads to in the end: browsers hold that against the policy of
            the page as well.
    """
    target = ""
    if redirect_uri is not None:
        parts = urlsplit(redirect_uri)
        is_web = parts.scheme in ("http", "https")
        target = f" {parts.scheme}://{parts.netloc}" if is_web else f" {parts.scheme}:"
        if not target.isascii() or ";" in target or "," in target:
            target = ""
    return {
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self'{target}"
        ),
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "pragma": "no-cache",
    }
