"""What is published of a path, and what is taken away again."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa


def test_assigned_comes_before_imported_before_redirect(addresses: Any) -> None:
    """One path has one end: what a feature says, else what was imported, else a redirect."""
    addresses.assign({"end": {"/end": "en_US"}, "assigned": {"/a": "en_US"}})
    addresses.load(url=[["/a", "en_US", "lamps", "imported"]], url_redirect=[["/a", "/end"]])
    addresses.publish("/a", "/end")
    ends = [addresses.leads_to("/a")]
    addresses.assign({"assigned": {}})
    addresses.publish("/a")
    ends.append(addresses.leads_to("/a"))
    with addresses.services.database.work() as work:
        work.session.execute(sa.text("DELETE FROM urls_url WHERE path = '/a'"))
    addresses.publish("/a")
    ends.append(addresses.leads_to("/a"))

    assert ends == ["assigned", "imported", "end"]


def test_first_of_several_has_the_path(addresses: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Of several entities that claim a path the first by type and id has it; the log names all."""
    addresses.assign({"2": {"/a": "en_US"}})
    addresses.assign({"1": {"/a": "en_US"}}, "lights")
    addresses.assign({"1": {"/a": "en_US"}})

    with caplog.at_level(logging.WARNING, "glue.urls"):
        addresses.work()

    assert addresses.leads_to("/a") == "1"
    told = "'/a' leads to lamps 1; these claim it: lamps 1, lamps 2, lights 1."
    assert told in [each.message for each in caplog.records]


def test_one_entity_claims_a_path_once(addresses: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A path that is both imported for an entity and assigned to it is nobody else's."""
    addresses.load(url=[["/a", "en_US", "lamps", "1"]])
    addresses.assign({"1": {"/a": "de_DE"}})
    addresses.work()

    url = addresses.reader.resolve("/a", "DE")
    assert (url.locale, caplog.records) == ("de_DE", [])


def test_publishing_all_finds_leftovers(addresses: Any) -> None:
    """Publishing everything anew writes all paths, and takes away those that are gone."""
    addresses.assign({"1": {"/a": "en_US", "/b": "en_US"}})
    addresses.load(url_redirect=[["/c", "/a"]])
    addresses.work()
    with addresses.services.database.work() as work:
        work.session.execute(sa.text("DELETE FROM urls_url WHERE path = '/b'"))
    addresses.services.storage.delete_many(["urls:v1:/c"])
    addresses.worker.publish_all()
    addresses.work()

    assert addresses.published() == ["urls:v1:/a", "urls:v1:/c"]
