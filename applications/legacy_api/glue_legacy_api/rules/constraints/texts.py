"""What texts look like: length, pattern, e-mail address, URL, UUID, IP address, JSON."""

from __future__ import annotations

import codecs
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import orjson
from marshmallow import ValidationError, validate

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules import php
from glue_legacy_api.rules.constraints.skipping import TEXT, for_texts
from glue_legacy_api.rules.messages import fill, plural, with_value
from glue_legacy_api.rules.patterns import compile_pattern
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]
Holds = Callable[[str], bool]

_NO_QUESTION: Final = "asks a name server for each request, which is not done here. Remove it"


def _length(options: Options) -> Test:
    exactly = options["exactly"]
    low, high = options["min"], options["max"]
    if exactly is not None:
        low = high = exactly
    if low is None and high is None:
        raise ValueError("needs 'min', 'max' or 'exactly'")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ValueError("has a 'min' above its 'max'")
    names = ("exactMessage", "exactMessage") if low == high else ("minMessage", "maxMessage")
    short, long = (
        _limited(options[name], limit) for name, limit in zip(names, (low, high), strict=True)
    )
    charset, measure = str(options["charset"]), _MEASURES[str(options["countUnit"])]
    outside = fill(str(options["charsetMessage"]), {"charset": charset})
    normalize, empty_is_fine = options["normalizer"], bool(options["allowEmptyString"])

    def test(value: object) -> str | None:
        if value is None or (value == "" and empty_is_fine):
            return None
        if not php.is_scalar(value):
            return TEXT
        seen = php.text(value)
        if callable(normalize):
            seen = normalize(seen)
        length = measure(seen, charset)
        if length is None:
            return with_value(outside, value)
        if isinstance(high, int) and length > high:
            return with_value(long, value, value_length=str(length))
        if isinstance(low, int) and length < low:
            return with_value(short, value, value_length=str(length))
        return None

    return test


def _limited(text: object, limit: object) -> str:
    if not isinstance(limit, int):
        return ""
    return fill(plural(str(text), limit), {"limit": str(limit)})


def _encoded(value: str, charset: str) -> bytes | None:
    try:
        return value.encode(charset)
    except UnicodeEncodeError:
        return None


def _code_points(value: str, charset: str) -> int | None:
    return None if _encoded(value, charset) is None else len(value)


def _bytes(value: str, charset: str) -> int | None:
    encoded = _encoded(value, charset)
    return None if encoded is None else len(encoded)


_MEASURES: Final = {"codepoints": _code_points, "bytes": _bytes}


def _charset(value: object) -> str:
    name = read.text(value)
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"knows no charset {name!r}") from None
    return name


def _regex(options: Options) -> Test:
    matches, wanted = options["pattern"], bool(options["match"])
    assert callable(matches)
    return for_texts(options, lambda value: matches(value) is wanted)


def _pattern(value: object) -> Holds:
    if not isinstance(value, str):
        raise ValueError("expects a pattern with delimiters, as in '/^[a-z]+$/'")
    return compile_pattern(value)


_LOCAL: Final = r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_LOOSE: Final = re.compile(r".+@\S+\.\S+")
_HTML5: Final = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_HTML5_NO_TLD: Final = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")


def _accepted_by(validator: Callable[[str], object]) -> Holds:
    """Make a question out of a validator that raises."""

    def holds(value: str) -> bool:
        try:
            validator(value)
        except ValidationError:
            return False
        return True

    return holds


def _matched(pattern: re.Pattern[str]) -> Holds:
    return lambda value: pattern.fullmatch(value) is not None


_EMAIL_MODES: Final[Mapping[str, Holds]] = {
    "loose": _matched(_LOOSE),
    "html5": _matched(_HTML5),
    "html5-allow-no-tld": _matched(_HTML5_NO_TLD),
    "strict": _accepted_by(validate.Email()),
}


def _email(options: Options) -> Test:
    mode = "strict" if options["strict"] else str(options["mode"])
    return for_texts(options, _EMAIL_MODES[mode])


def _url(options: Options) -> Test:
    protocols = options["protocols"]
    assert isinstance(protocols, tuple)
    relative = f"{protocols[0]}:" if protocols and options["relativeProtocol"] else ""
    accepted = _accepted_by(validate.URL(schemes=protocols, require_tld=False))

    def complete(value: str) -> str:
        return f"{relative}{value}" if value.startswith("//") else value

    test = for_texts(options, lambda value: accepted(complete(value)))
    if not options["requireTld"]:
        return test
    in_domain = for_texts(options, lambda value: _has_domain(complete(value)), "tldMessage")
    return lambda value: test(value) or in_domain(value)


def _has_domain(url: str) -> bool:
    """Return whether the host of a URL is in a top-level domain, and no address."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = re.compile(rf"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}")
_LOOSE_UUID: Final = re.compile(rf"{_HEX}{{4}}(?:-?{_HEX}{{4}}){{7}}")
_UUID_VERSIONS: Final = tuple(range(1, 9))


def _versions(value: object) -> tuple[int, ...]:
    found = (value,) if php.is_integer(value) else read.values(value)
    for each in found:
        if each not in _UUID_VERSIONS or isinstance(each, bool):
            raise ValueError("expects numbers of versions, from 1 to 8")
    return tuple(int(str(each)) for each in found)


def _uuid(options: Options) -> Test:
    versions, strict = options["versions"], bool(options["strict"])
    assert isinstance(versions, tuple)
    allowed = frozenset(f"{version:x}" for version in versions)
    shape = _UUID if strict else _LOOSE_UUID

    def holds(value: str) -> bool:
        seen = value if strict else value.strip("[]{}")
        if not shape.fullmatch(seen):
            return False
        digits = seen.replace("-", "").lower()
        return digits[12] in allowed and digits[16] in "89ab"

    return for_texts(options, holds)


def _networks(*names: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(map(ipaddress.ip_network, names))


_PRIVATE: Final = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_RESERVED: Final = _networks(
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "fe80::/10",
    "2001:10::/28",
    "2001:db8::/32",
    "3ff3::/16",
    "5f00::/8",
)
_FORBIDDEN: Final = {
    "": (),
    "_no_priv": _PRIVATE,
    "_no_res": _RESERVED,
    "_public": (*_PRIVATE, *_RESERVED),
}
_WANTED: Final = {
    "_private": _PRIVATE,
    "_reserved": _RESERVED,
    "_no_public": (*_PRIVATE, *_RESERVED),
}
_IP_VERSIONS: Final = tuple(
    f"{family}{suffix}" for family in ("4", "6", "all") for suffix in (*_FORBIDDEN, *_WANTED)
)


def _ip(options: Options) -> Test:
    version = str(options["version"])
    family, _, rest = version.partition("_")
    suffix = f"_{rest}" if rest else ""
    forbidden, wanted = _FORBIDDEN.get(suffix, ()), _WANTED.get(suffix)

    def holds(value: str) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        if "%" in value or family not in ("all", str(address.version)):
            return False
        if wanted is not None:
            return any(address in network for network in wanted)
        return not any(address in network for network in forbidden)

    return for_texts(options, holds)


def _json(value: str) -> bool:
    try:
        orjson.loads(value)
    except ValueError:
        return False
    return True


CONSTRAINTS: Final = (
    Constraint(
        "Length",
        _length,
        {
            "min": Option(read.size),
            "max": Option(read.size),
            "exactly": Option(read.size),
            "charset": Option(_charset, "UTF-8"),
            "countUnit": Option(read.one_of(*_MEASURES), "codepoints"),
            "allowEmptyString": Option(read.boolean, False),
            "normalizer": read.NORMALIZER,
            "minMessage": read.message(
                "This value is too short. It should have {{ limit }} character or more.|"
                "This value is too short. It should have {{ limit }} characters or more."
            ),
            "maxMessage": read.message(
                "This value is too long. It should have {{ limit }} character or less.|"
                "This value is too long. It should have {{ limit }} characters or less."
            ),
            "exactMessage": read.message(
                "This value should have exactly {{ limit }} character.|"
                "This value should have exactly {{ limit }} characters."
            ),
            "charsetMessage": read.message(
                "This value does not match the expected {{ charset }} charset."
            ),
        },
        bare="exactly",
    ),
    Constraint(
        "Regex",
        _regex,
        {
            "pattern": Option(_pattern, required=True),
            "match": Option(read.boolean, True),
            "htmlPattern": Option(read.anything),
            "normalizer": read.NORMALIZER,
            "message": read.message("This value is not valid."),
        },
        bare="pattern",
    ),
    Constraint(
        "Email",
        _email,
        {
            "mode": Option(read.one_of(*_EMAIL_MODES), "loose"),
            "strict": Option(read.boolean, False),
            "checkMX": Option(read.only(False, instead=_NO_QUESTION)),
            "checkHost": Option(read.only(False, instead=_NO_QUESTION)),
            "normalizer": read.NORMALIZER,
            "message": read.message("This value is not a valid email address."),
        },
        bare="mode",
    ),
    Constraint(
        "Url",
        _url,
        {
            "protocols": Option(read.texts, ("http", "https")),
            "relativeProtocol": Option(read.boolean, False),
            "requireTld": Option(read.boolean, False),
            "tldMessage": read.message("This URL is missing a top-level domain."),
            "checkDNS": Option(read.only(False, instead=_NO_QUESTION)),
            "dnsMessage": Option(read.text),
            "normalizer": read.NORMALIZER,
            "message": read.message("This value is not a valid URL."),
        },
        bare="protocols",
    ),
    Constraint(
        "Uuid",
        _uuid,
        {
            "versions": Option(_versions, _UUID_VERSIONS),
            "strict": Option(read.boolean, True),
            "normalizer": read.NORMALIZER,
            "message": read.message("This is not a valid UUID."),
        },
    ),
    Constraint(
        "Ip",
        _ip,
        {
            "version": Option(read.one_of(*_IP_VERSIONS), "4"),
            "normalizer": read.NORMALIZER,
            "message": read.message("This is not a valid IP address."),
        },
        bare="version",
    ),
    Constraint(
        "Json",
        lambda options: for_texts(options, _json),
        {"message": read.message("This value should be valid JSON.")},
    ),
)
