"""Distributions that are made up, and long documents."""

import importlib.metadata
import json
from pathlib import Path

import pytest

from benchmarks import shop
from benchmarks.driving import ask
from benchmarks.growth import shelf
from benchmarks.growth.documents import document_request
from benchmarks.growth.generated import generate
from benchmarks.requests import request_of
from glue_core.testing import in_memory, installed


def test_made_up_plugins_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found by their metadata, and answer as plugins of the storefront."""
    generated = tmp_path / "generated"
    names = generate(generated, 3)
    monkeypatch.syspath_prepend(generated)
    services = tmp_path / "services"
    services.mkdir()

    assert importlib.metadata.version("benchmark-things002") == "0.1.0"
    sources = installed(*shop.STOREFRONT, *names)
    with shop.deployment_of(services, sources) as deployment:
        application = deployment.applications[shop.APPLICATION]
        status, body = ask(application, request_of("/things002/7"))

    assert status == "200 OK"
    assert json.loads(body)["data"]["attributes"] == {"name": "things002"}


@pytest.mark.parametrize("number", [1, 100])
@pytest.mark.parametrize("is_compound", [False, True], ids=["page", "compound"])
def test_documents_are_the_same_by_hand(tmp_path: Path, number: int, is_compound: bool) -> None:
    """Glue and Falcon show the same resources, as many as were asked for, or one more."""
    plugin = in_memory(shop.GROUP, "shelf", shelf.Shelf(), distribution="shelf")
    request = document_request(number, is_compound)
    with shop.deployment(tmp_path, 0, plugin) as deployment:
        answers = [
            json.loads(ask(application, request)[1])
            for application in (deployment.applications[shop.APPLICATION], shelf.by_hand())
        ]
    ours, theirs = (
        [
            (each["type"], each["id"], each["attributes"], each.get("relationships"))
            for each in (*answer["data"], *answer.get("included", ()))
        ]
        for answer in answers
    )

    assert ours == theirs
    assert len(ours) == number + (number % 2 if is_compound else 0)
