"""Contracts: the documents of a deployment as files, kept to be compared with later ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core.errors import ConfigurationError
from glue_core.openapi.comparing.reading import CONTRACT
from glue_core.openapi.serving import write_json

if TYPE_CHECKING:
    from glue_core.openapi.view import Grants
    from glue_core.registry.registry import ApplicationRegistry

SUFFIX = ".json"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Contract:
    """What an application promises to one kind of callers.

    Attributes:
        application: Name of the application.
        grants: What the callers hold; None for everything that there is.
        document: The OpenAPI document, with the plugins that bring each operation.
    """

    application: str
    grants: Grants
    document: dict[str, Any]

    @property
    def file_name(self) -> str:
        """Name of its file: that of the application, and of the grants where it is not all."""
        return file_name(self.application, self.grants)


def file_name(application: str, grants: Grants) -> str:
    """Return the name of the file of a contract.

    Args:
        application: Name of the application.
        grants: What the callers hold; None for everything, none for the public.
    """
    if grants is None:
        return application + SUFFIX
    words = re.sub(r"\W+", "-", "-".join(sorted(grants)), flags=re.ASCII).strip("-") or PUBLIC
    return f"{application}.{words}{SUFFIX}"


def contract_of(registry: ApplicationRegistry, grants: Grants) -> Contract:
    """Return what an application promises now.

    The places where it serves its own documentation are no part of that: a setting moves them.

    Args:
        registry: The application; it has operations.
        grants: What the callers hold; None for everything.
    """
    name = registry.application.name
    documentation = registry.documentation
    assert documentation is not None
    own = {each.path for each in documentation.operations(name)}
    document = documentation.made(
        grants,
        wanted=lambda template, method: "/" + template.strip("/") not in own,
        with_plugins=True,
    )
    for_whom = None if grants is None else sorted(grants)
    held = {"openapi": document["openapi"], CONTRACT: {"application": name, "grants": for_whom}}
    return Contract(name, grants, {**held, **document})


def read_contract(path: Path) -> Contract | None:
    """Return the contract in a file, or None where the file is something else.

    Args:
        path: The file.

    Raises:
        ConfigurationError: It cannot be read.
    """
    document = read_document(path)
    told = document.get(CONTRACT)
    if not isinstance(told, Mapping) or not isinstance(told.get("application"), str):
        return None
    grants = told.get("grants")
    return Contract(told["application"], None if grants is None else frozenset(grants), document)


def read_contracts(directory: Path) -> Iterator[tuple[Path, Contract]]:
    """Yield the contracts of a folder in the order of their names; other files are left alone.

    Args:
        directory: The folder; it need not be there.

    Raises:
        ConfigurationError: A file cannot be read.
    """
    for path in sorted(directory.glob("*" + SUFFIX)):
        contract = read_contract(path)
        if contract is not None:
            yield path, contract


def read_document(path: Path) -> dict[str, Any]:
    """Return the document in a file of JSON or YAML.

    Args:
        path: The file, whatever it is called.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}.\nMend it, or delete it and write it anew."
        ) from error
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path} is no document: it is no object.")
    return document


def write_contract(path: Path, contract: Contract) -> None:
    """Write a contract into a file, whose folder is made.

    Args:
        path: The file.
        contract: The contract.

    Raises:
        ConfigurationError: It cannot be written, or the file is that of other callers.
    """
    if path.exists():
        known = read_contract(path)
        if known is None or (known.application, known.grants) != (
            contract.application,
            contract.grants,
        ):
            raise ConfigurationError(
                f"{path} is no contract of {contract.application!r} with these grants.\n"
                f"Move it away, or name another folder."
            )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_json(contract.document))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error


def _yaml(text: str) -> Any:
    """Return what YAML says, as JSON would say it: names are texts, and so are dates."""
    import yaml

    # That of C is ten times as quick, and not everywhere.
    reader = (yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)(text)
    try:
        found = reader.get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    finally:
        reader.dispose()
    return json.loads(json.dumps(found, default=str))


__all__ = [
    "Contract",
    "contract_of",
    "file_name",
    "read_contract",
    "read_contracts",
    "read_document",
    "write_contract",
]
