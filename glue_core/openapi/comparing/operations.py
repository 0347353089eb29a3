"""Comparing operations: paths and methods, what is sent there, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from glue_core.openapi.comparing.nodes import WHOLE, Node, plain
from glue_core.openapi.comparing.reading import (
    METHODS,
    Parameter,
    answer_of,
    changed_extensions,
    is_enough,
    is_success,
    media_types_of,
    names_of,
    number_of,
    operation_of,
    own_servers_of,
    parameters_of,
    part_of,
    path_of,
    paths_of,
    plugins_of,
    said_by,
    schema_of,
    security_of,
    servers_of,
    unordered,
)
from glue_core.openapi.comparing.rules import Level, Side
from glue_core.openapi.comparing.schemas import Difference, Key, SchemaComparison
from glue_core.openapi.document import ERROR_CODES, STORES, VERSIONS

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
        old, new = paths_of(self._old), paths_of(self._new)
        for key in sorted({*old, *new}):
            was, is_ = old.get(key), new.get(key)
            for method in METHODS:
                before, after = operation_of(was, method), operation_of(is_, method)
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

    def _about_all(self) -> Iterator[Found]:
        """Compare what is about the document as a whole."""
        old, new = self._old, self._new
        for name in ("info", "tags", "externalDocs"):
            yield from self._texts(old, new, name)
        yield from self.servers(Site(), servers_of(old), servers_of(new), "#/servers")
        for name in changed_extensions(old.value, new.value):
            yield Site(), _difference("extension-changed", name, old, new, name)
        if not self.is_same(part_of(old, "webhooks"), part_of(new, "webhooks")):
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
        path = path_of(item)
        site = Site(method.upper(), path, "", plugins_of(operation))
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
        plugins = tuple(dict.fromkeys((*plugins_of(new), *plugins_of(old))))
        self._site = Site(method.upper(), path_of(is_), "", plugins)
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
            if plain(unordered(name, old)) != plain(unordered(name, new)):
                yield self._either("text-changed", name, old, new, name)
        if plain(old.get("operationId")) != plain(new.get("operationId")):
            yield self._either("operation-id-changed", "operationId", old, new, "operationId")
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            rule = "operation-deprecated" if new.get("deprecated") else "operation-kept"
            yield self._either(rule, "deprecated", old, new, "deprecated")
        for one, other in zip(names_of(self._was), names_of(self._is), strict=True):
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
        for name in changed_extensions(old.value, new.value):
            yield self._either("extension-changed", name, old, new, name)
        if not self._all.is_same(part_of(old, "callbacks"), part_of(new, "callbacks")):
            yield self._either("call-changed", "callbacks", old, new, "callbacks")
        own = (*(own_servers_of(self._was, old)), *(own_servers_of(self._is, new)))
        if own:
            before = own_servers_of(self._was, old) or servers_of(old)
            after = own_servers_of(self._is, new) or servers_of(new)
            yield from self._all.servers(self._site, before, after, new.pointer)

    def _security(self) -> Iterator[Found]:
        old, new = security_of(self._old), security_of(self._new)
        refused = [written for each, written in old if not any(is_enough(each, e) for e, _ in new)]
        taken = [written for each, written in new if not any(is_enough(each, e) for e, _ in old)]
        if refused:
            yield self._value("security-tightened", "security", refused, [each for _, each in new])
        if taken:
            yield self._value("security-loosened", "security", [each for _, each in old], taken)

    # What is sent ------------------------------------------------------------------------------

    def _parameters(self) -> Iterator[Found]:
        old = parameters_of(self._was, self._old)
        new = parameters_of(self._is, self._new)
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

    def _parameter(self, old: Parameter, new: Parameter) -> Iterator[Found]:
        if old.is_required != new.is_required:
            rule = "parameter-required" if new.is_required else "parameter-optional"
            yield self._sent(rule, new, old.is_required, new.is_required)
        if old.style != new.style:
            yield self._sent("style-changed", new, old.style, new.style)
        yield from self._described(old.node, new.node, new.label, Side.SENT)
        if "content" in old.node.value or "content" in new.node.value:
            yield from self._content(old.node, new.node, Side.SENT, new.label)
        else:
            pair = self._all.schemas.pair(schema_of(old.node), schema_of(new.node), Side.SENT)
            yield from self._within(pair, new.label)

    def _body(self) -> Iterator[Found]:
        old, new = part_of(self._old, "requestBody"), part_of(self._new, "requestBody")
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
            was, is_ = answer_of(status, old), answer_of(status, new)
            if status not in new:
                if is_ is None:
                    assert was is not None
                    rule = "status-removed" if is_success(status) else "error-status-removed"
                    yield self._part(rule, Side.RECEIVED, part, was, said_by(was))
                    continue
            elif status not in old and was is None:
                assert is_ is not None
                rule = "status-added" if is_success(status) else "error-status-added"
                yield self._part(rule, Side.RECEIVED, part, is_, None, said_by(is_))
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
                pair = self._all.schemas.pair(schema_of(before), schema_of(after), Side.RECEIVED)
                yield from self._within(pair, at)

    # Both --------------------------------------------------------------------------------------

    def _content(self, old: Node, new: Node, side: Side, part: str) -> Iterator[Found]:
        was, is_ = media_types_of(old), media_types_of(new)
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
        pair = schemas.pair(schema_of(old), schema_of(new), side)
        if not key[1] and self._come and schemas.worst(pair) >= Level.RISKY:
            # Without a version the newest answers: what answered before can be named instead.
            named = [
                each for (name, version), each in present.items() if name == key[0] and version
            ]
            kept = (schemas.pair(schema_of(old), schema_of(each), side) for each in named)
            if any(schemas.worst(each) < Level.RISKY for each in kept):
                newest = max(self._come, key=number_of)
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
        for name in changed_extensions(old.value, new.value):
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

    def _sent(self, rule: str, parameter: Parameter, old: Any, new: Any) -> Found:
        return self._part(rule, Side.SENT, parameter.label, parameter.node, old, new)

    def _either(self, rule: str, trail: str, old: Node, new: Node, name: str) -> Found:
        return self._site, _difference(rule, trail, old, new, name)

    def _value(self, rule: str, trail: str, old: Any, new: Any) -> Found:
        return self._site, Difference(rule, Side.EITHER, "", trail, self._new.pointer, old, new)


def _difference(rule: str, trail: str, old: Node, new: Node, name: str) -> Difference:
    at = new if name in new.value else old
    pointer = at.at(name).pointer if name in at.value else at.pointer
    return Difference(rule, Side.EITHER, "", trail, pointer, old.get(name), new.get(name))


__all__ = ["Found", "Operations", "Site"]
