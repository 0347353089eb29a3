"""Comparing operations: paths and methods, what is sent there, and what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from glue_core.openapi.comparing.nodes import WHOLE, Node, plain
from glue_core.openapi.comparing.rules import Level, Side
from glue_core.openapi.comparing.schemas import ANYTHING, Difference, Key, SchemaComparison
from glue_core.openapi.document import BROUGHT_BY, ERROR_CODES, STORES, VERSIONS

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PARAMETER = re.compile(r"\{([^}]*)\}")
OWN_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Request headers that a parameter must not describe: other parts of the document do."""

STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
CONTRACT = "x-glue-contract"
"""Member of a document that says whose it is, where it is kept as a contract."""

KNOWN_EXTENSIONS = frozenset({BROUGHT_BY, CONTRACT, ERROR_CODES, STORES, VERSIONS})
TEXTS = ("summary", "description", "externalDocs", "tags")
"""Members of an operation that are for people."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where something is compared.

    Attributes:
        method: HTTP method in capitals; empty for the whole document.
        path: Path, as the new document has it.
        part: Part of the request or answer.
        plugins: Ids of the plugins that bring the operation.
    """

    method: str = ""
    path: str = ""
    part: str = ""
    plugins: tuple[str, ...] = ()


Found = tuple[Site, Difference]


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A parameter, and how it is told from others.

    Attributes:
        node: The parameter.
        label: Name and place for people.
    """

    node: Node
    label: str

    @property
    def is_required(self) -> bool:
        return self.node.get("required") is True

    @property
    def style(self) -> dict[str, Any]:
        """How its values are written, with what is so by default."""
        style = self.node.get("style", STYLES.get(self.node.get("in"), "form"))
        found = {"style": style, "allowReserved": self.node.get("allowReserved", False)}
        schema = _schema(self.node).followed()
        if schema.get("type") in ("array", "object", None):
            found["explode"] = self.node.get("explode", style == "form")
        return found


class Operations:
    """The comparison of two documents."""

    def __init__(self, old: Node, new: Node) -> None:
        """Take the documents.

        Args:
            old: The former.
            new: The present one.
        """
        self._old, self._new = old, new
        self._schemas = SchemaComparison()

    def compare(self) -> Iterator[Found]:
        """Yield what differs, once for each place."""
        yield from self._about_all()
        old, new = _paths(self._old), _paths(self._new)
        for key in sorted({*old, *new}):
            was, is_ = old.get(key), new.get(key)
            for method in METHODS:
                before, after = _operation(was, method), _operation(is_, method)
                if before is None and after is None:
                    continue
                if before is None or after is None:
                    yield self._alone(method, was, is_, before, after)
                elif was is not None and is_ is not None:
                    yield from _Operation(self, method, was, is_, before, after).compare()

    @property
    def schemas(self) -> SchemaComparison:
        """The schemas of both documents."""
        return self._schemas

    def is_same(self, old: Node, new: Node) -> bool:
        """Say whether two values are alike, whatever their parts are called."""
        prints = self._schemas.prints
        return prints.of(old, WHOLE) == prints.of(new, WHOLE)

    def security_of(
        self, operation: Node
    ) -> list[tuple[frozenset[tuple[str, frozenset[str]]], Any]]:
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
            return plain(_without_words(scheme))

        alternatives = [
            (frozenset((known(name), frozenset(scopes)) for name, scopes in each.items()), each)
            for each in found or ()
        ]
        return alternatives or [(frozenset(), {})]

    def _about_all(self) -> Iterator[Found]:
        """Compare what is about the document as a whole."""
        old, new = self._old, self._new
        for name in ("info", "tags", "externalDocs"):
            yield from self._texts(old, new, name)
        yield from self.servers(Site(), _servers(old), _servers(new), "#/servers")
        for name in _extensions(old.value, new.value):
            yield Site(), _difference("extension-changed", name, old, new, name)
        if not self.is_same(_part(old, "webhooks"), _part(new, "webhooks")):
            yield Site(), _difference("call-changed", "webhooks", old, new, "webhooks")

    def _texts(self, old: Node, new: Node, name: str) -> Iterator[Found]:
        was, is_ = old.get(name), new.get(name)
        if isinstance(was, Mapping) and isinstance(is_, Mapping):
            for each in sorted({*was, *is_}):
                one, other = old.at(name), new.at(name)
                if plain(was.get(each)) != plain(is_.get(each)):
                    yield Site(), _difference("text-changed", f"{name}.{each}", one, other, each)
        elif name == "tags":
            texts = [
                {each["name"]: each for each in held or () if "name" in each} for held in (was, is_)
            ]
            for each in sorted({*texts[0], *texts[1]}):
                before, after = texts[0].get(each), texts[1].get(each)
                # That a tag is there follows from the operations that have it.
                if before is not None and after is not None and plain(before) != plain(after):
                    yield (
                        Site(),
                        Difference(
                            *("text-changed", Side.EITHER, "", f"tag {each!r}", "#/tags"),
                            before,
                            after,
                        ),
                    )
        elif plain(was) != plain(is_):
            yield Site(), _difference("text-changed", name, old, new, name)

    def servers(
        self, site: Site, old: Iterable[str], new: Iterable[str], pointer: str
    ) -> Iterator[Found]:
        """Compare addresses, whose order means nothing."""
        was, is_ = list(old), list(new)
        for each in was:
            if each not in is_:
                yield (
                    site,
                    Difference(
                        *("server-removed", Side.EITHER, "", f"server {each}", pointer), each, None
                    ),
                )
        for each in is_:
            if each not in was:
                yield (
                    site,
                    Difference(
                        *("server-added", Side.EITHER, "", f"server {each}", pointer), None, each
                    ),
                )

    @staticmethod
    def _alone(
        method: str, was: Node | None, is_: Node | None, before: Node | None, after: Node | None
    ) -> Found:
        """Tell of an operation that only one of the documents has."""
        item, operation = (was, before) if after is None else (is_, after)
        assert item is not None
        assert operation is not None
        path = _path_of(item)
        site = Site(method.upper(), path, "", _plugins(operation))
        rule = "operation-removed" if after is None else "operation-added"
        what = operation.get("summary") or operation.get("operationId")
        values = (what, None) if after is None else (None, what)
        # Each is told alone: that the same happens to several is no single change.
        subject = f"{method.upper()} {path}"
        return site, Difference(rule, Side.EITHER, "", subject, operation.pointer, *values)


class _Operation:
    """The comparison of one operation that both documents have."""

    def __init__(
        self, all_: Operations, method: str, was: Node, is_: Node, old: Node, new: Node
    ) -> None:
        self._all = all_
        self._was, self._is = was, is_
        self._old, self._new = old, new
        plugins = tuple(dict.fromkeys((*_plugins(new), *_plugins(old))))
        self._site = Site(method.upper(), _path_of(is_), "", plugins)
        before, after = set(old.get(VERSIONS) or ()), set(new.get(VERSIONS) or ())
        self._gone, self._come = before - after, after - before

    def compare(self) -> Iterator[Found]:
        """Yield what differs."""
        yield from self._about_it()
        yield from self._parameters()
        yield from self._body()
        yield from self._answers()

    # The operation as a whole ------------------------------------------------------------------

    def _about_it(self) -> Iterator[Found]:
        old, new = self._old, self._new
        for name in TEXTS:
            if plain(_unordered(name, old)) != plain(_unordered(name, new)):
                yield self._either("text-changed", name, old, new, name)
        if plain(old.get("operationId")) != plain(new.get("operationId")):
            yield self._either("operation-id-changed", "operationId", old, new, "operationId")
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            rule = "operation-deprecated" if new.get("deprecated") else "operation-kept"
            yield self._either(rule, "deprecated", old, new, "deprecated")
        for one, other in zip(_names_of(self._was), _names_of(self._is), strict=True):
            if one != other:
                what = Difference(
                    *("path-parameter-renamed", Side.EITHER, ""),
                    *(f"parameter {other!r} in path", self._is.pointer, one, other),
                )
                yield self._site, what
        yield from self._security()
        for version in sorted(self._gone):
            yield self._value("version-removed", f"version {version}", version, None)
        for version in sorted(self._come):
            yield self._value("version-added", f"version {version}", None, version)
        was, is_ = sorted(old.get(STORES) or ()), sorted(new.get(STORES) or ())
        if was != is_:
            yield self._value("stores-changed", STORES, was, is_)
        for name in _extensions(old.value, new.value):
            yield self._either("extension-changed", name, old, new, name)
        if not self._all.is_same(_part(old, "callbacks"), _part(new, "callbacks")):
            yield self._either("call-changed", "callbacks", old, new, "callbacks")
        own = (*(_own_servers(self._was, old)), *(_own_servers(self._is, new)))
        if own:
            before = _own_servers(self._was, old) or _servers(old)
            after = _own_servers(self._is, new) or _servers(new)
            yield from self._all.servers(self._site, before, after, new.pointer)

    def _security(self) -> Iterator[Found]:
        old, new = self._all.security_of(self._old), self._all.security_of(self._new)
        refused = [written for each, written in old if not any(_enough(each, e) for e, _ in new)]
        taken = [written for each, written in new if not any(_enough(each, e) for e, _ in old)]
        if refused:
            yield self._value("security-tightened", "security", refused, [each for _, each in new])
        if taken:
            yield self._value("security-loosened", "security", [each for _, each in old], taken)

    # What is sent ------------------------------------------------------------------------------

    def _parameters(self) -> Iterator[Found]:
        old = _parameters(self._was, self._old)
        new = _parameters(self._is, self._new)
        for key in sorted({*old, *new}):
            was, is_ = old.get(key), new.get(key)
            if is_ is None:
                assert was is not None
                yield self._sent("parameter-removed", was, was.node.value, None)
            elif was is None:
                rule = "required-parameter-added" if is_.is_required else "parameter-added"
                yield self._sent(rule, is_, None, is_.node.value)
            else:
                yield from self._parameter(was, is_)

    def _parameter(self, old: _Parameter, new: _Parameter) -> Iterator[Found]:
        if old.is_required != new.is_required:
            rule = "parameter-required" if new.is_required else "parameter-optional"
            yield self._sent(rule, new, old.is_required, new.is_required)
        if old.style != new.style:
            yield self._sent("style-changed", new, old.style, new.style)
        yield from self._described(old.node, new.node, new.label, Side.SENT)
        if "content" in old.node.value or "content" in new.node.value:
            yield from self._content(old.node, new.node, Side.SENT, new.label)
        else:
            pair = self._all.schemas.pair(_schema(old.node), _schema(new.node), Side.SENT)
            yield from self._within(pair, new.label)

    def _body(self) -> Iterator[Found]:
        old, new = _part(self._old, "requestBody"), _part(self._new, "requestBody")
        old, new = old.followed(), new.followed()
        needed = [each.get("required") is True for each in (old, new)]
        if not old.value and not new.value:
            return
        if not new.value:
            yield self._part(
                "body-removed", Side.SENT, "body", old, sorted(old.get("content") or ())
            )
        elif not old.value:
            rule = "required-body-added" if needed[1] else "body-added"
            types = sorted(new.get("content") or ())
            yield self._part(rule, Side.SENT, "body", new, None, types)
        else:
            if needed[0] != needed[1]:
                rule = "body-required" if needed[1] else "body-optional"
                yield self._part(rule, Side.SENT, "body", new, *needed)
            yield from self._described(old, new, "body", Side.SENT)
            yield from self._content(old, new, Side.SENT, "body")

    # What is received --------------------------------------------------------------------------

    def _answers(self) -> Iterator[Found]:
        old, new = self._old.members("responses"), self._new.members("responses")
        for status in sorted({*old, *new}):
            part = f"answer {status}"
            was, is_ = _answer(status, old), _answer(status, new)
            if status not in new:
                if is_ is None:
                    assert was is not None
                    rule = "status-removed" if _is_success(status) else "error-status-removed"
                    yield self._part(rule, Side.RECEIVED, part, was, _said(was))
                    continue
            elif status not in old and was is None:
                assert is_ is not None
                rule = "status-added" if _is_success(status) else "error-status-added"
                yield self._part(rule, Side.RECEIVED, part, is_, None, _said(is_))
                continue
            assert was is not None
            assert is_ is not None
            yield from self._answer(was, is_, part)

    def _answer(self, old: Node, new: Node, part: str) -> Iterator[Found]:
        was, is_ = old.get(ERROR_CODES) or {}, new.get(ERROR_CODES) or {}
        for code in sorted({*was, *is_}):
            at = f"{part} code {code!r}"
            if code not in is_:
                each = old.at(ERROR_CODES, code)
                yield self._part("error-code-removed", Side.RECEIVED, at, each, was[code])
            elif code not in was:
                each = new.at(ERROR_CODES, code)
                yield self._part("error-code-added", Side.RECEIVED, at, each, None, is_[code])
            elif was[code] != is_[code]:
                each = new.at(ERROR_CODES, code)
                yield self._part("text-changed", Side.EITHER, at, each, was[code], is_[code])
        # The text of an answer with codes repeats their words, a line each.
        lines = [sorted(str(each.get("description")).splitlines()) for each in (old, new)]
        repeats = bool(was or is_) and (was != is_ or lines[0] == lines[1])
        without = ("description",) if repeats else ()
        yield from self._described(old, new, part, Side.RECEIVED, without)
        yield from self._headers(old, new, part)
        yield from self._content(old, new, Side.RECEIVED, part)

    def _headers(self, old: Node, new: Node, part: str) -> Iterator[Found]:
        was = {name.lower(): each.followed() for name, each in old.members("headers").items()}
        is_ = {name.lower(): each.followed() for name, each in new.members("headers").items()}
        names = {each.lower(): each for node in (old, new) for each in node.members("headers")}
        for key in sorted({*was, *is_} - {"content-type"}):
            at = f"{part} header {names[key]!r}"
            if key not in is_:
                yield self._part("header-removed", Side.RECEIVED, at, was[key], was[key].value)
            elif key not in was:
                yield self._part("header-added", Side.RECEIVED, at, is_[key], None, is_[key].value)
            else:
                before, after = was[key], is_[key]
                needed = [each.get("required") is True for each in (before, after)]
                if needed[0] != needed[1]:
                    rule = "header-required" if needed[1] else "header-optional"
                    yield self._part(rule, Side.RECEIVED, at, after, *needed)
                yield from self._described(before, after, at, Side.RECEIVED)
                if "content" in before.value or "content" in after.value:
                    yield from self._content(before, after, Side.RECEIVED, at)
                    continue
                pair = self._all.schemas.pair(_schema(before), _schema(after), Side.RECEIVED)
                yield from self._within(pair, at)

    # Both --------------------------------------------------------------------------------------

    def _content(self, old: Node, new: Node, side: Side, part: str) -> Iterator[Found]:
        was, is_ = _media_types(old), _media_types(new)
        for key in sorted({*was, *is_}):
            name, version = key
            label = f"{part} {name}" + (f"; version={version}" if version else "")
            if key not in is_:
                if version not in self._gone:
                    yield self._part("media-type-removed", side, label, was[key], name)
            elif key not in was:
                if version not in self._come:
                    yield self._part("media-type-added", side, label, is_[key], None, name)
            else:
                yield from self._media_type(key, was[key], is_, side, label)

    def _media_type(
        self,
        key: tuple[str, str],
        old: Node,
        present: Mapping[tuple[str, str], Node],
        side: Side,
        label: str,
    ) -> Iterator[Found]:
        new = present[key]
        schemas = self._all.schemas
        pair = schemas.pair(_schema(old), _schema(new), side)
        if not key[1] and self._come and schemas.worst(pair) >= Level.RISKY:
            # Without a version the newest answers: what answered before can be named instead.
            named = [
                each for (name, version), each in present.items() if name == key[0] and version
            ]
            kept = (schemas.pair(_schema(old), _schema(each), side) for each in named)
            if any(schemas.worst(each) < Level.RISKY for each in kept):
                newest = max(self._come, key=_number)
                yield self._part("newest-version", side, label, new, None, newest)
                return
        if plain(old.get("encoding")) != plain(new.get("encoding")):
            rule = "style-changed" if side is Side.SENT else "rule-changed"
            yield self._part(rule, side, label, new, old.get("encoding"), new.get("encoding"))
        for name in ("example", "examples"):
            if plain(old.get(name)) != plain(new.get(name)):
                at = replace(self._site, part=label)
                yield at, _difference("text-changed", f"({name})", old, new, name)
        yield from self._within(pair, label)

    def _described(
        self, old: Node, new: Node, part: str, side: Side, without: tuple[str, ...] = ()
    ) -> Iterator[Found]:
        """Compare what a parameter, a body, an answer or a header says of itself."""
        site = replace(self._site, part=part)
        for name in ("description", "summary", "example", "examples", "links"):
            if name not in without and plain(old.get(name)) != plain(new.get(name)):
                yield site, _difference("text-changed", f"({name})", old, new, name)
        for name in _extensions(old.value, new.value):
            yield site, _difference("extension-changed", f"({name})", old, new, name)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            rule = "deprecated" if new.get("deprecated") else "kept"
            found = _difference(rule, "", old, new, "deprecated")
            yield site, replace(found, side=side)

    def _within(self, pair: Key, part: str) -> Iterator[Found]:
        site = replace(self._site, part=part)
        for each in self._all.schemas.differences(pair):
            yield site, each

    def _part(
        self, rule: str, side: Side, part: str, at: Node, old: Any = None, new: Any = None
    ) -> Found:
        site = replace(self._site, part=part)
        return site, Difference(rule, side, "", "", at.pointer, old, new)

    def _sent(self, rule: str, parameter: _Parameter, old: Any, new: Any) -> Found:
        return self._part(rule, Side.SENT, parameter.label, parameter.node, old, new)

    def _either(self, rule: str, trail: str, old: Node, new: Node, name: str) -> Found:
        return self._site, _difference(rule, trail, old, new, name)

    def _value(self, rule: str, trail: str, old: Any, new: Any) -> Found:
        return self._site, Difference(rule, Side.EITHER, "", trail, self._new.pointer, old, new)


def _difference(rule: str, trail: str, old: Node, new: Node, name: str) -> Difference:
    at = new if name in new.value else old
    pointer = at.at(name).pointer if name in at.value else at.pointer
    return Difference(rule, Side.EITHER, "", trail, pointer, old.get(name), new.get(name))


def _paths(document: Node) -> dict[str, Node]:
    """Return the items of paths, by the path without the names of its parameters."""
    return {PARAMETER.sub("{}", path): each for path, each in document.members("paths").items()}


def _path_of(item: Node) -> str:
    return item.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _names_of(item: Node) -> list[str]:
    return PARAMETER.findall(_path_of(item))


def _operation(item: Node | None, method: str) -> Node | None:
    if item is None:
        return None
    found = item.followed()
    return found.at(method) if method in found.value else None


def _plugins(operation: Node) -> tuple[str, ...]:
    return tuple(operation.get(BROUGHT_BY) or ())


def _part(node: Node, name: str) -> Node:
    """Return a member, or an empty one where there is none."""
    found = node.get(name)
    return node.at(name) if found else Node(node.root, ANYTHING, node.pointer)


def _schema(node: Node) -> Node:
    return node.at("schema") if "schema" in node.value else Node(node.root, ANYTHING, node.pointer)


def _servers(node: Node) -> list[str]:
    found = node.root.get("servers") or [{"url": "/"}]
    return [_url(each) for each in found]


def _own_servers(item: Node, operation: Node) -> list[str]:
    found = operation.get("servers") or item.followed().get("servers") or ()
    return [_url(each) for each in found]


def _url(server: Mapping[str, Any]) -> str:
    """Return an address with the defaults of its variables."""
    url: str = server.get("url", "/")
    for name, each in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(each.get("default", "")))
    return url


def _extensions(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of the extensions that differ and mean nothing to clients."""
    names = {each for held in (old, new) for each in held if each.startswith("x-")}
    return sorted(
        each for each in names - KNOWN_EXTENSIONS if plain(old.get(each)) != plain(new.get(each))
    )


def _unordered(name: str, node: Node) -> Any:
    found = node.get(name)
    return sorted(found, key=plain) if name == "tags" and found else found


def _without_words(scheme: Mapping[str, Any]) -> dict[str, Any]:
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


def _enough(
    held: frozenset[tuple[str, frozenset[str]]], wanted: frozenset[tuple[str, frozenset[str]]]
) -> bool:
    """Say whether what one alternative sends is enough for another one."""
    by_scheme = dict(held)
    return all(scheme in by_scheme and scopes <= by_scheme[scheme] for scheme, scopes in wanted)


def _parameters(item: Node, operation: Node) -> dict[tuple[str, str], _Parameter]:
    """Return the parameters of an operation; those of its path are told apart by their order."""
    path = _names_of(item)
    found: dict[tuple[str, str], _Parameter] = {}
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
        found[place, key] = _Parameter(each, f"parameter {name!r} in {place}")
    return found


def _answer(status: str, answers: Mapping[str, Node]) -> Node | None:
    """Return what is said of a status: by itself, its hundred, or of all others."""
    names = [status]
    if status[:1].isdigit():
        names += [f"{status[0]}XX", f"{status[0]}xx"]
        if not _is_success(status):
            names.append("default")
    found = next((answers[each] for each in names if each in answers), None)
    return None if found is None else found.followed()


def _is_success(status: str) -> bool:
    return status[:1] in ("1", "2", "3")


def _said(answer: Node) -> Any:
    """Return the codes of an answer with errors, or its text."""
    return list(answer.get(ERROR_CODES) or ()) or answer.get("description")


def _media_types(node: Node) -> dict[tuple[str, str], Node]:
    """Return media types by their name with all parameters but the version, and that."""
    found = {}
    for written, each in node.members("content").items():
        name, *parameters = (part.strip().lower() for part in written.split(";"))
        others = sorted(part for part in parameters if part and not part.startswith("version="))
        version = next((p.partition("=")[2] for p in parameters if p.startswith("version=")), "")
        found["; ".join([name, *others]), version.strip('"')] = each
    return found


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


__all__ = ["CONTRACT", "METHODS", "Found", "Operations", "Site"]
