"""What the compliance suites have in common: an application, asked as a client would, and failures.

A failure says what is broken, and where its author should look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote

import orjson
import pytest

from glue_core import codes
from glue_core.deployment import Deployment
from glue_core.operation import Operation, PageRules
from glue_core.registry.registry import ApplicationRegistry
from glue_core.testing.client import JSON_API, Client, Response

JSON = "application/json"
JSON_API_NAME = "json_api"
NOBODY = "nobodyHasThis"
"""A name that no attribute, parameter or relationship has."""


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """What an error of an answer says, however its convention spells it.

    Attributes:
        status: Status, as a number; None where it has none.
        code: Code, or None.
        pointer: JSON Pointer into the body, or None.
        parameter: Query parameter, or None.
    """

    status: int | None
    code: str | None
    pointer: str | None
    parameter: str | None


def fail(what: str, where: str) -> NoReturn:
    """Fail a check: what is broken, and where to look."""
    pytest.fail(f"{what}.\nLook at: {where}.", pytrace=False)


def names_of(values: Any) -> str:
    """Return names in order, for messages."""
    return ", ".join(sorted(str(each) for each in values)) or "nothing"


def segment(id_: str) -> str:
    """Return an id as a part of a path."""
    return quote(id_, safe="")


def size_parameter(rules: PageRules) -> str:
    """Return the query parameter that says how large a page is."""
    return "page[limit]" if rules.strategies[0] == "offset" else "page[size]"


def first_page(rules: PageRules, size: object) -> str:
    """Return the query of a first page of some size; a dialect wants the offset with the limit."""
    start = "page[offset]=0&" if rules.strategies[0] == "offset" else ""
    return f"{start}{size_parameter(rules)}={size}"


def registry_of(deployment: Deployment, application: str) -> ApplicationRegistry:
    """Return an application of a deployment with everything that it collected."""
    found = deployment.registry.applications.get(application)
    if found is None:
        fail(
            f"The deployment has no application {application!r}, but "
            f"{names_of(deployment.registry.applications)}",
            "the fixture 'deployment', and 'application' of the fixture 'sample'",
        )
    return found


def speaks_json_api(registry: ApplicationRegistry) -> None:
    """Fail where an application does not speak JSON:API, in which the suites ask."""
    if JSON_API_NAME not in registry.conventions:
        fail(
            f"{registry.application.name!r} does not speak JSON:API, in which the suite asks",
            "the fixture 'deployment': its plugins include *installed('json_api')",
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer, with the request in words.

    Attributes:
        words: Method and path, and the media type where it is not JSON:API.
        response: The answer.
    """

    words: str
    response: Response

    @property
    def status(self) -> int:
        """Status of the answer."""
        return self.response.status_code

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is empty or no JSON."""
        try:
            return orjson.loads(self.response.content)
        except orjson.JSONDecodeError:
            return None

    @property
    def data(self) -> Any:
        """The member ``data`` of a JSON:API document, or None."""
        return self.json.get("data") if isinstance(self.json, dict) else None

    @property
    def one(self) -> Any:
        """The resource object of a document that shows one, else what ``data`` is."""
        data = self.data
        # A dialect of JSON:API shows one in a list.
        return data[0] if isinstance(data, list) and len(data) == 1 else data

    def errors(self) -> tuple[ErrorFacts, ...]:
        """Return the errors of a plain or a JSON:API answer."""
        document = self.json
        found = document.get("errors") if isinstance(document, dict) else document
        return tuple(_facts(each) for each in found or () if isinstance(each, dict))

    def expect(self, status: int | tuple[int, ...], where: str) -> Asked:
        """Return the answer, or fail because it has another status."""
        wanted = status if isinstance(status, tuple) else (status,)
        if self.status not in wanted:
            fail(
                f"{self.words} answered {self.status} instead of "
                f"{' or '.join(map(str, wanted))}: {self.response.content[:300]!r}",
                where,
            )
        return self


def _facts(error: Mapping[str, Any]) -> ErrorFacts:
    source = error.get("source") or {}
    try:
        status = int(error.get("status", ""))
    except (TypeError, ValueError):
        status = None
    return ErrorFacts(
        status,
        error.get("code"),
        source.get("pointer", error.get("pointer")),
        source.get("parameter", error.get("parameter")),
    )


class Asking:
    """Asks one application in the media types of its conventions, as somebody.

    Attributes:
        registry: The application.
    """

    def __init__(
        self, deployment: Deployment, application: str, headers: Mapping[str, str]
    ) -> None:
        """Prepare to ask.

        Args:
            deployment: The deployment.
            application: Name of the application.
            headers: Headers of every request, such as the credentials of who may do everything.
        """
        self.registry = registry_of(deployment, application)
        self._client = Client(deployment.applications[application])
        self._headers = dict(headers)

    def ask(
        self,
        method: str,
        path: str,
        *,
        accept: str = JSON_API,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
        operation: Operation | None = None,
    ) -> Asked:
        """Send a request; an error that its operation does not declare is a failure.

        Args:
            method: HTTP method.
            path: Path and query.
            accept: Media type of the answer, and of a body.
            json: Body as JSON; None for none.
            body: Body as bytes.
            headers: Further headers.
            anonymous: Leave the credentials out.
            operation: The operation that answers, where there is one.
        """
        sent = {"accept": accept, **({} if anonymous else self._headers), **(headers or {})}
        content = orjson.dumps(json) if json is not None else body
        if content is not None:
            sent["content-type"] = accept
        response = self._client.request(method, path, body=content, headers=sent)
        words = f"{method} {path}" + ("" if accept == JSON_API else f" as {accept}")
        answer = Asked(words, response)
        if answer.status >= 500:
            fail(
                f"{words} failed with {answer.status}",
                "the log, which has the traceback: the operation raised what it should tell",
            )
        if operation is not None and answer.status >= 400:
            self._check_declared(answer, operation)
        return answer

    def _check_declared(self, answer: Asked, operation: Operation) -> None:
        declared = {(each.status, each.code) for each in operation.errors}
        declared |= {
            (status, each.code)
            for each in _guards(self.registry, operation)
            for status in (each.status or 401, each.status or 403)
        }
        for error in answer.errors():
            is_known = error.code in codes.ALL or (
                error.code is None and answer.status in (401, 403)
            )
            if not is_known and (error.status, error.code) not in declared:
                fail(
                    f"{answer.words} shows the error {error.status} {error.code!r}, which "
                    f"{operation.contribution_name!r} does not declare",
                    f"'errors' of the operation: it has "
                    f"{names_of(f'{status} {code}' for status, code in declared)}",
                )


def _guards(registry: ApplicationRegistry, operation: Operation) -> Iterator[Any]:
    if registry.access is not None:
        yield from registry.access.protections_of(operation)


def is_guarded(registry: ApplicationRegistry, operation: Operation) -> bool:
    """Say whether somebody may not call an operation."""
    return any(not each.is_public for each in _guards(registry, operation))


def refusals_of(registry: ApplicationRegistry, operation: Operation) -> frozenset[int]:
    """Return the statuses with which an operation refuses somebody who is not known."""
    access = registry.access
    found = {401}
    for each in _guards(registry, operation):
        if each.status is not None:
            found.add(each.status)
        if access is not None:
            worded = (one.status for one in access.strategies_of(each) if one.status is not None)
            found.update(worded)
    return frozenset(found)
