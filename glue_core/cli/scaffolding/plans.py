"""Plans: what a distribution of each kind is called, where it enters, and what it is made of."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field

from packaging.version import Version

from glue_core.cli.scaffolding.naming import Name
from glue_core.cli.scaffolding.rendering import render
from glue_core.operation import RELATIONSHIPS
from glue_core.registry.discovery import (
    APPLICATIONS,
    COMMON_PLUGINS,
    CONVENTIONS,
    CORE,
    FEATURES,
    core_version,
)

API, BACKEND, RELATIONSHIP = "api", "backend", "relationship"
SERVER, STRATEGY, GRANT = "server", "strategy", "grant"
STOREFRONT_API, BACKEND_API = "storefront_api", "backend_api"
JSON_API, OAUTH = "glue-json-api", "glue-oauth"
LIFETIME = 3600
"""Seconds that a token of a new authentication server counts."""

STRATEGIES = ("protected-path", "oauth-user-scope", "user-type", "warehouse-token", "api-key")
"""Strategies that there are already."""

GRANTS = ("password", "refresh_token", "client_credentials", "authorization_code")
"""Grants that there are already."""

KINDS = ("customer", "user", "warehouse", "client")
"""Kinds of subjects that somebody knows already."""

RESERVED = {
    RELATIONSHIPS: "in a path it stands in front of a relationship",
    "not-found": "the error of an unknown id is called so",
}
"""Types that cannot be, and why."""
IDENTIFYING = ("type", "id")
"""Names that a relationship cannot have in JSON:API."""

LONGEST_PACKAGE = 76
"""Letters of a package's name at most: imports from it then stay within the width of a line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A distribution that is to be written.

    Attributes:
        kind: The word behind ``glue new``, such as ``application``.
        folder: Name of the folder and of the entry point.
        group: Group of the entry point.
        place: What the entry point names, behind the package.
        description: One sentence for people.
        skeletons: Further folders of templates, beside those of every distribution.
        values: Placeholders of the templates of this kind.
        requires: Distributions of ours that it needs beside the core.
        tested_with: Distributions of ours that its tests need.
        hints: What its author may want to know.
        feature: Module that enters in the group of features beside the plugin, or an empty text.
    """

    kind: str
    folder: str
    group: str
    place: str
    description: str
    skeletons: tuple[str, ...]
    values: dict[str, str]
    requires: tuple[str, ...] = ()
    tested_with: tuple[str, ...] = ()
    hints: tuple[str, ...] = field(default=(), kw_only=True)
    feature: str = field(default="", kw_only=True)

    @property
    def package(self) -> str:
        """Name of the package."""
        return f"glue_{self.folder}"

    @property
    def distribution(self) -> str:
        """Name of the distribution."""
        return self.package.replace("_", "-")

    def _further(self) -> str:
        """Return the entry point of the feature, where it has one, as its pyproject.toml does."""
        if not self.feature:
            return ""
        value = f"{self.package}.{self.feature}"
        return f'[project.entry-points."{FEATURES}"]\n{self.folder} = "{value}"\n\n'

    def texts(self) -> dict[str, str]:
        """Return the files of the distribution by path."""
        return render(("distribution", *self.skeletons), self.placeholders())

    def placeholders(self) -> dict[str, str]:
        """Return what stands for each placeholder of the templates."""
        core = core_version()
        fitting = fitting_versions(core)
        role = self.kind if self.kind in ("application", "convention") else "plugin"
        return {
            "folder": self.folder,
            "package": self.package,
            "distribution": self.distribution,
            "group": self.group,
            "entry": self.package + self.place,
            "further": self._further(),
            "description": self.description,
            "role": role,
            "version": Version(core).base_version,
            "python": importlib.metadata.metadata(CORE)["Requires-Python"],
            "dependencies": _listed([CORE, *self.requires], fitting),
            "tests_need": _listed([f"{CORE}[testing]", *self.tested_with], fitting),
            **self.values,
        }


def _listed(names: Sequence[str], fitting: str) -> str:
    return "".join(f'    "{name}{fitting}",\n' for name in names).rstrip("\n")


def fitting_versions(core: str) -> str:
    """Return the versions of the core that something works with which is written for one of them.

    A minor version may break before 1.0, a major one after. A development version, which stands
    before the version it leads to, is among them.
    """
    version = Version(core)
    low = f"{version.major}.{version.minor}"
    high = f"{version.major}.{version.minor + 1}" if version.major == 0 else f"{version.major + 1}"
    return f">={low if Version(low) <= version else version.public},<{high}"


def refuse_taken(plan: Plan) -> None:
    """Refuse a package that could not be imported, because there is one of its name.

    Raises:
        ValueError: There is one, or the name is too long.
    """
    if len(plan.package) > LONGEST_PACKAGE:
        raise ValueError(
            f"The package {plan.package!r} would have {len(plan.package)} letters. Use shorter "
            f"names: it may have {LONGEST_PACKAGE}."
        )
    found = importlib.util.find_spec(plan.package)
    if found is not None:
        raise ValueError(
            f"The package {plan.package!r} is installed already, at {found.origin}. Choose another "
            f"name, or uninstall that one."
        )


def application(name: Name) -> Plan:
    """Plan an application with a first resource."""
    hints = []
    if name.words[-1] != API:
        hints.append(
            f"Applications are called after what they serve and 'api', such as {name.snake}_api."
        )
    return Plan(
        "application",
        name.snake,
        APPLICATIONS,
        f":{name.constant}",
        f"The API application {name.snake} of Glue.",
        ("application",),
        {"name": name.snake, "constant": name.constant, "host": name.kebab},
        requires=(JSON_API,),
        hints=tuple(hints),
    )


def convention(name: Name, media_type: str | None) -> Plan:
    """Plan a convention.

    Args:
        name: Its name.
        media_type: Its media type; a vendor's one of the name where it is None.
    """
    return Plan(
        "convention",
        name.snake,
        CONVENTIONS,
        f":{name.constant}",
        f"The convention {name.snake} for Glue: resources with what they are related to.",
        ("convention",),
        {
            "name": name.snake,
            "constant": name.constant,
            "camel": name.camel,
            "media_type": media_type or f"application/vnd.{name.kebab}+json",
        },
    )


def resource(name: Name, application: Name | None, is_backend: bool) -> Plan:
    """Plan a plugin with a resource: read from the storage, or written in a table of its own.

    Args:
        name: Type of the resource, plural; the ending of a folder behind it is taken off.
        application: Application that shows it; that of the storefront or the back office where it
            is None.
        is_backend: Whether it is the back office's, which writes it and alone may.

    Raises:
        ValueError: The type is reserved.
    """
    is_backend = is_backend or name.words[-2:] == (BACKEND, API)
    type_ = _type(name.without(BACKEND, API).without(API))
    folder = type_.joined(BACKEND, API) if is_backend else type_.joined(API)
    shown_by = _application(application, is_backend)
    return Plan(
        "resource",
        folder.snake,
        f"{COMMON_PLUGINS}.{shown_by}",
        ".plugin",
        f"The resource {type_.kebab} in the application {shown_by} of Glue.",
        ("resource_backend" if is_backend else "resource",),
        {
            "application": shown_by,
            "type": type_.kebab,
            "constant": type_.constant,
            "camel": type_.camel,
            "text": type_.text,
            "table": folder.joined("row").snake,
        },
        tested_with=(JSON_API,),
        hints=_plural(type_),
        feature="feature" if is_backend else "",
    )


def relationship(
    source: Name,
    target: Name,
    name: Name | None,
    application: Name | None,
    is_backend: bool,
    is_to_one: bool,
) -> Plan:
    """Plan a plugin that leads from one type to another.

    Args:
        source: Type that it starts at, plural.
        target: Type that it leads to, plural.
        name: Name of the relationship; that of the target where it is None.
        application: As for `resource`.
        is_backend: As for `resource`.
        is_to_one: Whether it leads to one resource at most.

    Raises:
        ValueError: A type or the name is reserved.
    """
    shown_by = _application(application, is_backend)
    called = name or target
    for each in (source, target, called):
        _type(each)
    if called.kebab in IDENTIFYING:
        raise ValueError(
            f"The name {called.kebab!r} is reserved: a resource object of JSON:API has it beside "
            f"its relationships."
        )
    ends = source.joined(called)
    folder = ends.joined(BACKEND, RELATIONSHIP) if is_backend else ends.joined(RELATIONSHIP)
    return Plan(
        "relationship",
        folder.snake,
        f"{COMMON_PLUGINS}.{shown_by}",
        ".plugin",
        f"The relationship {called.kebab} of {source.kebab} in the application {shown_by} of Glue.",
        ("relationship", "relationship_to_one" if is_to_one else "relationship_to_many"),
        {
            "application": shown_by,
            "name": called.kebab,
            "source": source.kebab,
            "target": target.kebab,
            "camel": ends.camel,
            "target_text": target.text,
            "cardinality": "at most one" if is_to_one else "in their order",
        },
        tested_with=(JSON_API,),
        hints=tuple(dict.fromkeys((*_plural(source), *_plural(target)))),
    )


def authentication_server(name: Name, application: Name | None, is_backend: bool) -> Plan:
    """Plan a plugin with an authentication server.

    Args:
        name: Name of the server; the ending of a folder behind it is taken off.
        application: As for `resource`.
        is_backend: Whether its tokens are those of people in the back office.
    """
    is_backend = is_backend or name.words[-2:] == (BACKEND, SERVER)
    called = name.without(BACKEND, SERVER).without(SERVER)
    folder = called.joined(BACKEND, SERVER) if is_backend else called.joined(SERVER)
    shown_by = _application(application, is_backend)
    # Those whom the back office lets in, whatever declares nothing.
    scopes = ("user", "back-office-user") if is_backend else (called.kebab,)
    return Plan(
        "authentication-server",
        folder.snake,
        f"{COMMON_PLUGINS}.{shown_by}",
        ".plugin",
        f"The authentication server {called.kebab} of the application {shown_by} of Glue.",
        ("authentication_server",),
        {
            "application": shown_by,
            "name": called.kebab,
            "camel": called.camel,
            "path": f"/{called.kebab}/token",
            "folder_upper": folder.constant,
            "kind": "user" if is_backend else "client",
            "scopes": _tuple(scopes),
            "scopes_text": " and ".join(f"`{each}`" for each in scopes),
            "lifetime": str(LIFETIME),
            "lifetime_text": "an hour",
        },
    )


def strategy(name: Name, application: Name | None, is_backend: bool) -> Plan:
    """Plan a plugin with an authorization strategy.

    Args:
        name: Name of the strategy; the ending of a folder behind it is taken off.
        application: As for `resource`.
        is_backend: As for `resource`.

    Raises:
        ValueError: There is a strategy of that name.
    """
    is_backend = is_backend or name.words[-2:] == (BACKEND, STRATEGY)
    called = name.without(BACKEND, STRATEGY).without(STRATEGY)
    if called.kebab in STRATEGIES:
        raise ValueError(
            f"The name {called.kebab!r} is taken: Glue has a strategy of that name. Choose another."
        )
    folder = called.joined(BACKEND, STRATEGY) if is_backend else called.joined(STRATEGY)
    shown_by = _application(application, is_backend)
    return Plan(
        "strategy",
        folder.snake,
        f"{COMMON_PLUGINS}.{shown_by}",
        ".plugin",
        f"The authorization strategy {called.kebab} in the application {shown_by} of Glue.",
        ("strategy",),
        {"application": shown_by, "name": called.kebab, "camel": called.camel},
    )


def grant(name: Name, grant_type: str | None, application: Name | None, is_backend: bool) -> Plan:
    """Plan a feature with a grant of OAuth 2.

    Args:
        name: Name of the grant; the ending of a folder behind it is taken off.
        grant_type: What requests call it; the name, with underscores, where it is None.
        application: Application that offers it; that of the storefront or the back office where it
            is None.
        is_backend: As for `resource`.

    Raises:
        ValueError: There is a grant of that name, or somebody knows subjects of that kind.
    """
    is_backend = is_backend or name.words[-2:] == (BACKEND, GRANT)
    called = name.without(BACKEND, GRANT).without(GRANT)
    type_ = grant_type or called.snake
    if type_ in GRANTS:
        raise ValueError(
            f"The grant {type_!r} is there: Glue has one of that name. Choose another."
        )
    if called.kebab in KINDS:
        raise ValueError(
            f"The name {called.kebab!r} is taken: tokens speak for a {called.text} already, whom "
            f"another plugin knows. Choose another."
        )
    folder = called.joined(BACKEND, GRANT) if is_backend else called.joined(GRANT)
    shown_by = _application(application, is_backend)
    return Plan(
        "grant",
        folder.snake,
        FEATURES,
        ".plugin",
        f"The grant {type_} of the application {shown_by} of Glue.",
        ("grant",),
        {
            "application": shown_by,
            "name": called.kebab,
            "camel": called.camel,
            "grant_type": type_,
            "folder_upper": folder.constant,
        },
        tested_with=(OAUTH,),
    )


def _tuple(texts: Sequence[str]) -> str:
    """Return texts as a tuple in Python."""
    comma = "," if len(texts) == 1 else ""
    return f"({', '.join(f'{chr(34)}{each}{chr(34)}' for each in texts)}{comma})"


def _type(name: Name) -> Name:
    if name.kebab in RESERVED:
        raise ValueError(f"The name {name.kebab!r} is reserved: {RESERVED[name.kebab]}.")
    return name


def _application(name: Name | None, is_backend: bool) -> str:
    if name is not None:
        return name.snake
    return BACKEND_API if is_backend else STOREFRONT_API


def _plural(type_: Name) -> tuple[str, ...]:
    if not type_.looks_singular:
        return ()
    return (f"Types are plural; {type_.kebab!r} looks as if it were not.",)
