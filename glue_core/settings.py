"""Settings: ``glue.toml`` and ``GLUE_*``, read once, with a clear error for what nobody knows."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from glue_core.cells import LOCALE
from glue_core.environment import overlay, read_by_schema
from glue_core.errors import ConfigurationError

DEFAULT_FILE = "glue.toml"

CORS_HEADERS = (
    "accept",
    "content-type",
    "content-language",
    "accept-language",
    "authorization",
    "x-anonymous-customer-unique-id",
    "if-match",
    "if-none-match",
    "store",
    "x-request-id",
)
"""Request headers that shop front ends send."""

CORS_EXPOSED_HEADERS = ("etag", "location", "content-language", "retry-after", "x-request-id")


class Words(fields.List[str]):
    """A list of texts; the environment writes it with commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, str):
            value = [word.strip() for word in value.split(",") if word.strip()]
        return super()._deserialize(value, *args, **kwargs)


class Address(fields.String):
    """An address that paths are put behind, so a slash at its end says nothing."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        return text.rstrip("/") if isinstance(text, str) else text


def _each(pattern: str, complaint: str) -> Callable[[list[str]], None]:
    """Return a validator of lists: every text must have a form."""

    def check(words: list[str]) -> None:
        for word in words:
            if not re.fullmatch(pattern, word):
                raise ValidationError(f"{word!r} {complaint}")

    return check


def _check_networks(words: list[str]) -> None:
    for word in words:
        try:
            ipaddress.ip_network(word)
        except ValueError as error:
            raise ValidationError(
                f"{word!r} is neither an address nor a network such as '10.0.0.0/8'."
            ) from error


class ServiceSettings(Schema):
    """``[services]``: where the data lives, a URL each."""

    database = fields.String(
        load_default="sqlite:///var/database.sqlite",
        metadata={"description": "SQLAlchemy URL: sqlite or postgresql+psycopg."},
    )
    storage = fields.String(
        load_default="sqlite:///var/storage.sqlite",
        metadata={"description": "Key-value documents."},
    )
    search = fields.String(
        load_default="tantivy:///var/search",
        metadata={"description": "Search index; the embedded one is a folder."},
    )
    broker = fields.String(
        load_default="outbox:",
        metadata={"description": "Messages; 'outbox:' is the table in the database."},
    )
    session = fields.String(
        load_default="storage:",
        metadata={"description": "Sessions of clients; 'storage:' keeps them in the storage."},
    )
    timeout = fields.Float(
        load_default=2.0,
        validate=validate.Range(min=0.05, max=60),
        metadata={"description": "Longest wait for a service, in seconds."},
    )


class LimitSettings(Schema):
    """``[limits]``: what a request may cost."""

    body = fields.Integer(
        load_default=1_048_576,
        validate=validate.Range(min=1),
        metadata={"description": "Largest body, in bytes."},
    )
    seconds = fields.Float(
        load_default=30.0,
        validate=validate.Range(min=0.1),
        metadata={
            "description": "Time a request may take, in seconds; a later answer is undone, and 503."
        },
    )
    include_depth = fields.Integer(
        load_default=4,
        validate=validate.Range(min=0),
        metadata={"description": "Deepest level of included resources."},
    )
    include_size = fields.Integer(
        load_default=5000,
        validate=validate.Range(min=1),
        metadata={"description": "Largest number of included resources."},
    )


class ProtectedPathSettings(Schema):
    """``[[applications.<name>.protected_paths]]``: paths that not everybody may call."""

    path = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"/\S*\Z", error="This is no path: it starts with '/'."),
        metadata={"description": "The path, without a slash at the end; or else a pattern."},
    )
    pattern = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1),
        metadata={"description": "Regular expression that the whole path fits."},
    )
    methods = Words(
        load_default=list,
        validate=_each(
            r"GET|POST|PATCH|PUT|DELETE|OPTIONS", "is no method: write it in capital letters."
        ),
        metadata={"description": "HTTP methods; all if empty."},
    )
    strategies = Words(
        load_default=lambda: ["protected-path"],
        validate=validate.Length(min=1),
        metadata={"description": "Authorization strategies that decide."},
    )
    scopes = Words(
        load_default=list,
        metadata={"description": "Scopes of which the caller needs one."},
    )
    kinds = Words(
        load_default=list,
        metadata={"description": "Kinds of callers, such as 'user', for 'user-type'."},
    )

    @validates_schema
    def _one(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data.get("path") is None) is (data.get("pattern") is None):
            raise ValidationError("Give a path or a pattern, and not both.", "path")


class QuarantineSettings(Schema):
    """``[quarantine]``: what becomes of a bad plugin."""

    policy = fields.String(
        load_default="stop",
        validate=validate.OneOf(("stop", "leave_out")),
        metadata={
            "description": "Whether a bad plugin stops the start, or is left out if it only adds "
            "something."
        },
    )
    distributions = Words(
        load_default=list,
        metadata={"description": "Distributions whose plugins may be left out; all if empty."},
    )
    unhealthy = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether the health check fails while a plugin is left out."},
    )


def _limit(meaning: str, default: int | None) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        validate=validate.Range(min=1),
        metadata={"description": meaning},
    )


ATTEMPTS = "Attempts that fail before the next one is refused."
WITHIN_SECONDS = "Time after the first of them in which they count, in seconds."
BLOCKED_SECONDS = "How long the address may not try the account then, in seconds."


class LoginKindSettings(Schema):
    """``[login.kinds.<kind>]``: limits of one kind, in what it names."""

    attempts = _limit(ATTEMPTS, None)
    within_seconds = _limit(WITHIN_SECONDS, None)
    blocked_seconds = _limit(BLOCKED_SECONDS, None)


class LoginSettings(Schema):
    """``[login]``: how often somebody may fail at a password."""

    attempts = _limit(ATTEMPTS, 10)
    within_seconds = _limit(WITHIN_SECONDS, 600)
    blocked_seconds = _limit(BLOCKED_SECONDS, 300)
    kinds = fields.Dict(
        keys=fields.String(), values=fields.Nested(LoginKindSettings), load_default=dict
    )


_NO_START = "This is no type: write what stands between the first two slashes of the path."


def _told(meaning: str) -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1),
        metadata={"description": meaning},
    )


class DocumentationSettings(Schema):
    """``[applications.<name>.documentation]``: the generated description of one application."""

    served = fields.String(
        load_default="development",
        validate=validate.OneOf(("never", "development", "always")),
        metadata={
            "description": "When '/docs', '/docs.json' and '/docs.yaml' answer: never, in "
            "development mode, or always."
        },
    )
    title = _told("Title; the name of the application by default.")
    version = _told("Version of the API; that of the application's distribution by default.")
    description = _told("What the API is for; what the application says by default.")
    servers = Words(
        load_default=list,
        validate=_each(
            r"https?://\S+|/\S*", "is no address: start it with http://, https:// or /."
        ),
        metadata={
            "description": "Addresses that it answers at; 'base_url' if empty, and without that "
            "the one that was asked."
        },
    )
    contact_name = _told("Who answers questions.")
    contact_url = _told("Page of who answers questions.")
    contact_email = _told("Mail address of who answers questions.")
    license = _told("Name of the license of the API; best its identifier of SPDX, such as MIT.")
    license_url = _told("Address of the license; only with 'license'.")


class ApplicationSettings(Schema):
    """``[applications.<name>]``: where one application answers, and what it tells browsers."""

    hosts = Words(
        load_default=list,
        validate=_each(r"[^:/\s]+|\[[^\]]+\]", "is no host: write it without scheme and port."),
        metadata={"description": "Virtual hosts, without ports."},
    )
    paths = Words(
        load_default=list,
        validate=_each(r"/\S*", "is no path: it starts with '/'."),
        metadata={"description": "Path prefixes; the longest one that fits wins. '/' fits all."},
    )
    base_url = Address(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(
            r"https?://[^/?#\s]+(/[^?#\s]*)?\Z",
            error="This is no address: start it with http:// or https://, without '?' and '#'.",
        ),
        metadata={"description": "Address that links start with; the request's own by default."},
    )
    convention = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Convention of requests that select none; the plain flow by default."
        },
    )
    next = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Application that takes requests which this one has no place for, or "
            "whose body it cannot read; none by default."
        },
    )
    hand_over = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[^/\s]+\Z", error=_NO_START)),
        values=fields.String(),
        load_default=dict,
        metadata={
            "description": "Type, or first segment of a route, to the application that answers it "
            "in the place of this one, with everything below it."
        },
    )
    fallback = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Answer what no other application serves; as the application says by "
            "default."
        },
    )
    shadow = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Application that is run beside this one for GET and HEAD, to compare "
            "the answers; see '[shadow]'. None by default."
        },
    )
    locales = Words(
        load_default=list,
        validate=_each(LOCALE.pattern, "is no locale: write it as 'de_DE'."),
        metadata={
            "description": "Locales that 'Accept-Language' chooses from; the first is for requests "
            "that like none. None is chosen if empty."
        },
    )
    versions_in_path = fields.Boolean(
        load_default=False,
        metadata={"description": "Read the version of resources from paths such as '/v2.0/…' too."},
    )
    security_headers = fields.Boolean(
        load_default=True,
        metadata={"description": "Send the security headers that an answer lacks."},
    )
    hsts_max_age = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0),
        metadata={
            "description": "Seconds for which browsers come back by TLS only; 0 does not say it."
        },
    )
    hsts_subdomains = fields.Boolean(
        load_default=False,
        metadata={"description": "With 'hsts_max_age': say it for all subdomains as well."},
    )
    hsts_preload = fields.Boolean(
        load_default=False,
        metadata={
            "description": "With 'hsts_max_age' of a year and 'hsts_subdomains': let browsers know "
            "it before they ever came."
        },
    )
    cors_origins = Words(
        load_default=list,
        metadata={
            "description": "Origins whose pages may read answers, or '*'; CORS is off if empty."
        },
    )
    cors_credentials = fields.Boolean(
        load_default=False,
        metadata={"description": "Let these pages send cookies and the like; not with '*'."},
    )
    cors_headers = Words(
        load_default=lambda: list(CORS_HEADERS),
        metadata={"description": "Request headers that these pages may send."},
    )
    cors_exposed_headers = Words(
        load_default=lambda: list(CORS_EXPOSED_HEADERS),
        metadata={"description": "Response headers that these pages may read."},
    )
    cors_max_age = fields.Integer(
        load_default=86_400,
        validate=validate.Range(min=0),
        metadata={"description": "Seconds for which a browser may keep a preflight's answer."},
    )
    entity_tags = fields.Boolean(
        load_default=True,
        metadata={"description": "Send ETag on what is read, and 304 to clients that have it."},
    )
    server_timing = fields.String(
        load_default="never",
        validate=validate.OneOf(("never", "development", "token")),
        metadata={
            "description": "Who is told how long each stage took: nobody, everybody in development "
            "mode, or whoever sends the token."
        },
    )
    server_timing_token = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "The token, of at least 16 characters."},
    )
    server_timing_steps = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Tell them the time of each step, too, with the id of what brought it."
        },
    )
    authentication_servers = Words(
        load_default=list,
        metadata={
            "description": "Authentication servers in the order they are asked; all that are "
            "installed, by name, if empty."
        },
    )
    realm = fields.String(
        load_default="Access to shop API",
        validate=validate.Regexp(r"[ !#-\[\]-~]+\Z", error="Use printable ASCII without quotes."),
        metadata={"description": "Realm of the challenge that an answer 401 carries."},
    )
    protected_by_default = fields.Boolean(
        load_default=True,
        metadata={
            "description": "Protect operations that declare nothing, where the application does; "
            "false opens them to everybody."
        },
    )
    several_strategies = fields.Boolean(
        load_default=True,
        metadata={"description": "Let one protection name several authorization strategies."},
    )
    protected_paths = fields.List(
        fields.Nested(ProtectedPathSettings),
        load_default=list,
        metadata={"description": "Paths that not everybody may call, whoever answers there."},
    )
    health_check = fields.Boolean(
        load_default=False,
        metadata={"description": "Check services at '/health-check'; it answers 403 otherwise."},
    )
    terminate = fields.Boolean(
        load_default=True,
        metadata={"description": "Call the terminate hooks once an answer was sent."},
    )
    documentation = fields.Nested(
        DocumentationSettings, load_default=lambda: DocumentationSettings().load({})
    )


def _check_paths(patterns: list[str]) -> None:
    from glue_core.comparing import Expected

    try:
        Expected(patterns)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _expected(meaning: str) -> Words:
    return Words(load_default=list, validate=_check_paths, metadata={"description": meaning})


class ShadowTypeSettings(Schema):
    """``[shadow.types.<type>]``: what may differ in paths that start with a type."""

    expected = _expected("What may differ there, beside what 'expected' of '[shadow]' says.")


class ShadowSettings(Schema):
    """``[shadow]``: how the applications that 'shadow' names are run and compared."""

    rate = fields.Float(
        load_default=1.0,
        validate=validate.Range(min=0, max=1),
        metadata={"description": "Share of the requests that the shadow is run for."},
    )
    expected = _expected(
        "What may differ, as paths such as 'data[].relationships', with all below them."
    )
    ids = fields.Boolean(
        load_default=False, metadata={"description": "Compare the ids of resources."}
    )
    empty = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Tell an empty list, an empty map and a member that is not there apart."
        },
    )
    headers = Words(
        load_default=lambda: ["content-type", "content-language"],
        metadata={"description": "Headers of answers that are compared."},
    )
    body = fields.Integer(
        load_default=1_048_576,
        validate=validate.Range(min=0),
        metadata={
            "description": "Largest body that is compared member by member, in bytes; of others "
            "the digest is."
        },
    )
    threads = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1),
        metadata={"description": "Threads of a process that run shadows."},
    )
    waiting = fields.Integer(
        load_default=20,
        validate=validate.Range(min=1),
        metadata={
            "description": "Answers that may wait for such a thread; those above are not compared."
        },
    )
    seconds = fields.Float(
        load_default=10.0,
        validate=validate.Range(min=0.1),
        metadata={
            "description": "Time after an answer in which its shadow must have run, in seconds."
        },
    )
    report_seconds = fields.Float(
        load_default=600.0,
        validate=validate.Range(min=1),
        metadata={"description": "Time between two reports in the log, in seconds."},
    )
    types = fields.Dict(
        keys=fields.String(), values=fields.Nested(ShadowTypeSettings), load_default=dict
    )


class GlueSettings(Schema):
    """The top level of ``glue.toml``."""

    mode = fields.String(
        load_default="production",
        validate=validate.OneOf(("production", "development")),
        metadata={"description": "'development' shows details to the developer."},
    )
    serve = Words(
        load_default=list,
        metadata={
            "description": "Applications to serve, in the order they are asked; all if empty."
        },
    )
    disable = Words(
        load_default=list,
        metadata={"description": "Ids of plugins and contributions to leave out."},
    )
    replace = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "Id of a contribution to the id of the one in its place."},
    )
    project = Words(
        load_default=list,
        metadata={
            "description": "Ids of plugins whose changes of declarations win over other plugins'."
        },
    )
    trusted_proxies = Words(
        load_default=list,
        validate=_check_networks,
        metadata={
            "description": "Addresses and networks of proxies whose X-Forwarded-For is believed."
        },
    )
    quarantine = fields.Nested(
        QuarantineSettings, load_default=lambda: QuarantineSettings().load({})
    )
    services = fields.Nested(ServiceSettings, load_default=lambda: ServiceSettings().load({}))
    limits = fields.Nested(LimitSettings, load_default=lambda: LimitSettings().load({}))
    login = fields.Nested(LoginSettings, load_default=lambda: LoginSettings().load({}))
    shadow = fields.Nested(ShadowSettings, load_default=lambda: ShadowSettings().load({}))
    applications = fields.Dict(
        keys=fields.String(), values=fields.Nested(ApplicationSettings), load_default=dict
    )
    plugins = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict
    )


@dataclass(frozen=True, slots=True)
class Section:
    """Declares the table ``[plugins.<name>]``.

    Attributes:
        name: Name, by custom that of the plugin's entry point.
        schema: Its keys, with defaults; a key that it does not know stops the start.
        by_application: Keys whose values are tables with a member for each application: a name
            that no installed application has stops the start.
    """

    name: str
    schema: type[Schema]
    by_application: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a deployment.

    Attributes:
        values: The validated top level, defaults filled in.
        origin: Where they come from, for messages.
        directory: Folder that relative paths start from.
        sections: Validated tables of plugins, by name.
        application_defaults: The table of an application that has none. Every step of every
            operation may ask for it, so it is made once.
    """

    values: Mapping[str, Any]
    origin: str
    directory: Path
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    application_defaults: Mapping[str, Any] = field(
        default_factory=lambda: ApplicationSettings().load({}), repr=False
    )

    @classmethod
    def of(
        cls,
        values: Mapping[str, Any] | None = None,
        *,
        origin: str = "the given settings",
        directory: Path | None = None,
    ) -> Settings:
        """Validate settings.

        Args:
            values: The tables as TOML would give them.
            origin: Where they come from, for messages.
            directory: Folder that relative paths start from; the working directory by default.

        Raises:
            ConfigurationError: A key is unknown or a value is wrong.
        """
        loaded = _load(GlueSettings, values or {}, origin, "")
        return cls(loaded, origin, directory or Path.cwd())

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the file and the environment; the environment wins.

        The file is the one that ``GLUE_CONFIG`` names, else ``glue.toml`` in the working
        directory, else none. ``GLUE_SERVICES__DATABASE`` sets ``services.database``.

        Raises:
            ConfigurationError: The file is missing or no TOML, a key is unknown, a value is wrong.
        """
        environment = os.environ if environment is None else environment
        named = environment.get("GLUE_CONFIG")
        path = Path(named or DEFAULT_FILE).absolute()
        values: dict[str, Any] = {}
        origin = "the environment"
        if named or path.is_file():
            values = _read_toml(path, named is not None)
            origin = str(path)
        used = overlay(values, environment)
        if used and origin != "the environment":
            origin += f" and {', '.join(used)}"
        return cls.of(values, origin=origin, directory=path.parent)

    def with_sections(
        self,
        sections: Iterable[Section],
        installed: Iterable[str] = (),
        applications: Iterable[str] | None = None,
    ) -> Settings:
        """Return the settings with the tables of plugins validated.

        Args:
            sections: Tables that the loaded plugins declare.
            installed: Names of plugins that are installed, loaded or not: their tables are left
                alone, since one file serves the processes of several applications.
            applications: Names of the installed applications, served or not; None leaves what
                names applications unjudged.

        Raises:
            ConfigurationError: Nobody declares a table, or a key or value in it is wrong.
        """
        declared = {section.name: section for section in sections}
        given = self.values["plugins"]
        known = set(installed)
        for name in given:
            if name not in declared and name not in known:
                raise ConfigurationError(
                    f"{self.origin}: no installed plugin has settings under 'plugins.{name}'."
                    f"{_hint(name, declared)}"
                )
        loaded = {
            name: _load(section.schema, given.get(name, {}), self.origin, f"plugins.{name}.")
            for name, section in declared.items()
        }
        installed_applications = None if applications is None else sorted(applications)
        for section in declared.values():
            for key in section.by_application:
                for name in loaded[section.name][key]:
                    if installed_applications is not None and name not in installed_applications:
                        raise ConfigurationError(
                            f"{self.origin}: 'plugins.{section.name}.{key}' names the application "
                            f"{name!r}, which is not installed."
                            f"{_hint(name, installed_applications)}"
                        )
        return replace(self, sections=loaded)

    def alone(self, name: str) -> Settings:
        """Return these settings for a process that serves one application alone.

        It has nobody to leave anything to, and nobody whose answers could be compared: what one
        file says for several processes may be about others.

        Args:
            name: Name of the application.
        """
        given = self.values["applications"].get(name)
        if given is None:
            return self
        table = {**given, "next": None, "hand_over": {}, "shadow": None}
        shadow = {**self.values["shadow"], "types": {}}
        applications = {**self.values["applications"], name: table}
        return replace(self, values={**self.values, "applications": applications, "shadow": shadow})

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def section(self, name: str) -> Mapping[str, Any]:
        """Return the table ``[plugins.<name>]`` with its defaults."""
        return self.sections[name]

    def application(self, name: str) -> Mapping[str, Any]:
        """Return the table ``[applications.<name>]`` with its defaults."""
        given: Mapping[str, Any] | None = self.values["applications"].get(name)
        return given if given is not None else self.application_defaults

    def service_url(self, name: str) -> str:
        """Return the URL of a service; relative paths in it start at the settings' folder."""
        url: str = self.values["services"][name]
        scheme, mark, path = url.partition(":///")
        if mark and path and path != ":memory:" and not path.startswith("/"):
            return f"{scheme}:///{self.directory / path}"
        return url


def _read_toml(path: Path, named: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = "GLUE_CONFIG names it" if named else "it is in the working directory"
        raise ConfigurationError(f"{path} cannot be read, and {why}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}.") from error


def _load(schema: type[Schema], values: Mapping[str, Any], origin: str, place: str) -> Any:
    try:
        expected = schema(unknown=RAISE)
        return expected.load(read_by_schema(values, expected))
    except ValidationError as error:
        lines = "\n".join(_complaints(error.messages, schema(), place))
        raise ConfigurationError(f"Settings are wrong in {origin}:\n{lines}") from error


def _complaints(messages: Any, schema: Any, place: str) -> Iterable[str]:
    for key, found in messages.items():
        known = schema.fields if isinstance(schema, Schema) else {}
        if isinstance(found, dict):
            inner = known.get(key)
            if isinstance(inner, fields.Nested):
                yield from _complaints(found, inner.schema, f"{place}{key}.")
            elif isinstance(inner, fields.Dict):
                yield from _dict_complaints(found, inner, f"{place}{key}.")
            else:
                yield from _complaints(found, None, f"{place}{key}.")
            continue
        for text in found:
            if text == "Unknown field.":
                yield f"  {place}{key}: nobody knows this key.{_hint(str(key), known)}"
            else:
                yield f"  {place}{key}: {text}"


def _dict_complaints(messages: Any, inner: fields.Dict, place: str) -> Iterable[str]:
    """Walk over the errors of a table whose keys are free."""
    for key, found in messages.items():
        value = found.get("value", found)
        nested = inner.value_field
        if isinstance(value, dict) and isinstance(nested, fields.Nested):
            yield from _complaints(value, nested.schema, f"{place}{key}.")
        else:
            yield f"  {place}{key}: {value}"


def _hint(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1)
    if near:
        return f" Did you mean {near[0]!r}?"
    return f" Known are: {', '.join(names)}." if names else ""
