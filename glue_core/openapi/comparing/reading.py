"""Reading documents: what paths, operations, parameters and answers say, with their defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.openapi.comparing.nodes import ANYTHING, Node, plain
from glue_core.openapi.document import BROUGHT_BY, ERROR_CODES, STORES, VERSIONS

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""Members of a path that are operations."""

CONTRACT = "x-glue-contract"
"""Member of a document that says whose it is, where it is kept as a contract."""

KNOWN_EXTENSIONS = frozenset({BROUGHT_BY, CONTRACT, ERROR_CODES, STORES, VERSIONS})
"""Extensions that are read, or that say nothing of what clients meet."""

PARAMETER = re.compile(r"\{([^}]*)\}")

OWN_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Request headers that a parameter must not describe: other parts of the document do."""

STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
"""How values are written where nothing is said, by the place of the parameter."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, and how it is told from others.

    Attributes:
        node: The parameter.
        label: Name and place for people.
    """

    node: Node
    label: str

    @property
    def is_required(self) -> bool:
        """Whether a request without it is refused."""
        return self.node.get("required") is True

    @property
    def style(self) -> dict[str, Any]:
        """How its values are written, with what is so by default."""
        style = self.node.get("style", STYLES.get(self.node.get("in"), "form"))
        found = {"style": style, "allowReserved": self.node.get("allowReserved", False)}
        schema = schema_of(self.node).followed()
        if schema.get("type") in ("array", "object", None):
            found["explode"] = self.node.get("explode", style == "form")
        return found


def paths_of(document: Node) -> dict[str, Node]:
    """Return the items of paths, by the path without the names of its parameters."""
    return {PARAMETER.sub("{}", path): each for path, each in document.members("paths").items()}


def path_of(item: Node) -> str:
    """Return the path of an item."""
    return item.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def names_of(item: Node) -> list[str]:
    """Return the names of the parameters of a path, in order."""
    return PARAMETER.findall(path_of(item))


def operation_of(item: Node | None, method: str) -> Node | None:
    """Return an operation of a path, or None where there is none, or no path."""
    if item is None:
        return None
    found = item.followed()
    return found.at(method) if method in found.value else None


def plugins_of(operation: Node) -> tuple[str, ...]:
    """Return the ids of the plugins that bring an operation, where the document says so."""
    return tuple(operation.get(BROUGHT_BY) or ())


def part_of(node: Node, name: str) -> Node:
    """Return a member, or an empty one where there is none."""
    found = node.get(name)
    return node.at(name) if found else Node(node.root, ANYTHING, node.pointer)


def schema_of(node: Node) -> Node:
    """Return the schema of a parameter, a header or a media type; one of anything without."""
    return node.at("schema") if "schema" in node.value else Node(node.root, ANYTHING, node.pointer)


def servers_of(node: Node) -> list[str]:
    """Return the addresses of the document."""
    found = node.root.get("servers") or [{"url": "/"}]
    return [url_of(each) for each in found]


def own_servers_of(item: Node, operation: Node) -> list[str]:
    """Return the addresses of an operation or its path; none where the document's count."""
    found = operation.get("servers") or item.followed().get("servers") or ()
    return [url_of(each) for each in found]


def url_of(server: Mapping[str, Any]) -> str:
    """Return an address with the defaults of its variables."""
    url: str = server.get("url", "/")
    for name, each in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(each.get("default", "")))
    return url


def changed_extensions(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of the extensions that differ and mean nothing to clients."""
    names = {each for held in (old, new) for each in held if each.startswith("x-")}
    return sorted(
        each for each in names - KNOWN_EXTENSIONS if plain(old.get(each)) != plain(new.get(each))
    )


def unordered(name: str, node: Node) -> Any:
    """Return a text of an operation; tags have no order."""
    found = node.get(name)
    return sorted(found, key=plain) if name == "tags" and found else found


def without_words(scheme: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a security scheme is, without what it says to people or which scopes it has."""
    found = {
        name: each
        for name, each in scheme.items()
        if name not in ("description", "bearerFormat") and not name.startswith("x-")
    }
    flows = found.get("flows")
    if isinstance(flows, Mapping):
        found["flows"] = {
            kind: {name: each for name, each in flow.items() if name != "scopes"}
            for kind, flow in flows.items()
        }
    return found


def is_enough(
    held: frozenset[tuple[str, frozenset[str]]], wanted: frozenset[tuple[str, frozenset[str]]]
) -> bool:
    """Say whether what one alternative sends is enough for another one."""
    by_scheme = dict(held)
    return all(scheme in by_scheme and scopes <= by_scheme[scheme] for scheme, scopes in wanted)


def parameters_of(item: Node, operation: Node) -> dict[tuple[str, str], Parameter]:
    """Return the parameters of an operation; those of its path are told apart by their order."""
    path = names_of(item)
    found: dict[tuple[str, str], Parameter] = {}
    for node in (*item.followed().each("parameters"), *operation.each("parameters")):
        each = node.followed()
        name, place = str(each.get("name", "")), str(each.get("in", ""))
        key = name
        if place == "header":
            key = name.lower()
            if key in OWN_HEADERS:
                continue
        elif place == "path" and name in path:
            key = f"{path.index(name):03}"
        found[place, key] = Parameter(each, f"parameter {name!r} in {place}")
    return found


def answer_of(status: str, answers: Mapping[str, Node]) -> Node | None:
    """Return what is said of a status: by itself, its hundred, or of all others."""
    names = [status]
    if status[:1].isdigit():
        names += [f"{status[0]}XX", f"{status[0]}xx"]
        if not is_success(status):
            names.append("default")
    found = next((answers[each] for each in names if each in answers), None)
    return None if found is None else found.followed()


def is_success(status: str) -> bool:
    """Say whether a status is no error."""
    return status[:1] in ("1", "2", "3")


def said_by(answer: Node) -> Any:
    """Return the codes of an answer with errors, or its text."""
    return list(answer.get(ERROR_CODES) or ()) or answer.get("description")


def media_types_of(node: Node) -> dict[tuple[str, str], Node]:
    """Return media types by their name with all parameters but the version, and that."""
    found = {}
    for written, each in node.members("content").items():
        name, *parameters = (part.strip().lower() for part in written.split(";"))
        others = sorted(part for part in parameters if part and not part.startswith("version="))
        version = next((p.partition("=")[2] for p in parameters if p.startswith("version=")), "")
        found["; ".join([name, *others]), version.strip('"')] = each
    return found


def number_of(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that versions can be ordered."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def security_of(operation: Node) -> list[tuple[frozenset[tuple[str, frozenset[str]]], Any]]:
    """Return the alternatives of what a caller must send; a document may say it for all.

    Args:
        operation: An operation.

    Returns:
        Each as schemes with their scopes, and as it is written. Schemes are known by what they
        are, not by their names.
    """
    found = operation.get("security")
    if found is None:
        found = operation.root.get("security")
    schemes = operation.root.get("components", {}).get("securitySchemes", {})

    def known(name: str) -> str:
        scheme = schemes.get(name)
        if not isinstance(scheme, Mapping):
            return name
        return plain(without_words(scheme))

    alternatives = [
        (frozenset((known(name), frozenset(scopes)) for name, scopes in each.items()), each)
        for each in found or ()
    ]
    return alternatives or [(frozenset(), {})]
