"""Plans: what distributions are called, and where they enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core.cli.scaffolding import plans
from glue_core.cli.scaffolding.naming import Name
from glue_core.cli.scaffolding.plans import Plan, fitting_versions


def named(text: str) -> Name:
    """Return a name."""
    return Name.parse(text)


@pytest.mark.parametrize(
    ("text", "is_backend", "folder", "type_"),
    [
        ("blog-posts", False, "blog_posts_api", "blog-posts"),
        ("blog_posts_api", False, "blog_posts_api", "blog-posts"),
        ("blog-posts", True, "blog_posts_backend_api", "blog-posts"),
        ("blog_posts_backend_api", False, "blog_posts_backend_api", "blog-posts"),
        ("blog_posts_api", True, "blog_posts_backend_api", "blog-posts"),
    ],
)
def test_resource_is_named_by_its_type(
    text: str, is_backend: bool, folder: str, type_: str
) -> None:
    """The type, or the folder that is made of it, is given; both become the same."""
    plan = plans.resource(named(text), None, is_backend)

    assert (plan.folder, plan.values["type"]) == (folder, type_)
    assert plan.package == f"glue_{folder}"
    assert plan.distribution == f"glue-{folder.replace('_', '-')}"


@pytest.mark.parametrize(
    ("application", "is_backend", "group"),
    [
        (None, False, "glue.plugins.storefront_api"),
        (None, True, "glue.plugins.backend_api"),
        ("shop-api", False, "glue.plugins.shop_api"),
        ("shop_api", True, "glue.plugins.shop_api"),
    ],
)
def test_resource_enters_through_its_application(
    application: str | None, is_backend: bool, group: str
) -> None:
    """The group is that of the application that is named, else of the storefront or back office."""
    given = None if application is None else named(application)

    assert plans.resource(named("notes"), given, is_backend).group == group
    assert plans.relationship(named("a"), named("b"), None, given, is_backend, False).group == group


def test_relationship_is_named_by_both_ends() -> None:
    """The folder has the source and the relationship; its own name wins over the target's."""
    plan = plans.relationship(named("posts"), named("people"), None, None, False, False)
    other = plans.relationship(named("posts"), named("people"), named("author"), None, True, True)

    assert plan.folder == "posts_people_relationship"
    assert other.folder == "posts_author_backend_relationship"
    assert (other.values["name"], other.values["target"]) == ("author", "people")


def test_convention_has_a_media_type_of_its_name() -> None:
    """Unless one is given, the media type is a vendor's one."""
    own = plans.convention(named("two_lines"), None)
    given = plans.convention(named("two_lines"), "text/x-lines")

    assert own.values["media_type"] == "application/vnd.two-lines+json"
    assert given.values["media_type"] == "text/x-lines"


@pytest.mark.parametrize(
    "make",
    [
        lambda name: plans.resource(name, None, False),
        lambda name: plans.relationship(name, Name.parse("a"), None, None, False, False),
        lambda name: plans.relationship(Name.parse("a"), name, None, None, False, False),
    ],
    ids=["resource", "source", "target"],
)
@pytest.mark.parametrize("reserved", ["relationships", "not-found"])
def test_reserved_type_is_refused(make: Callable[[Name], Plan], reserved: str) -> None:
    """A type that could not have a place or a constant is refused, with the reason."""
    with pytest.raises(ValueError, match=f"'{reserved}' is reserved: "):
        make(named(reserved))


@pytest.mark.parametrize("name", ["type", "id"])
def test_reserved_relationship_is_refused(name: str) -> None:
    """A relationship that JSON:API has no place for is refused, with the reason."""
    with pytest.raises(ValueError, match=f"'{name}' is reserved: "):
        plans.relationship(named("posts"), named("people"), named(name), None, False, False)


@pytest.mark.parametrize("name", ["core", "json_api"])
def test_package_that_exists_is_refused(name: str) -> None:
    """A package that is installed would hide the new one, or be hidden."""
    with pytest.raises(ValueError, match=f"'glue_{name}' is installed already"):
        plans.refuse_taken(plans.convention(named(name), None))


def test_long_package_is_refused() -> None:
    """Two long names together may be too long."""
    plan = plans.relationship(named("a" * 40), named("b" * 40), None, None, False, False)

    with pytest.raises(ValueError, match="Use shorter names"):
        plans.refuse_taken(plan)


def test_singular_type_is_hinted_at() -> None:
    """A type that looks singular is taken, with a hint."""
    assert plans.resource(named("posts"), None, False).hints == ()
    assert "plural" in plans.resource(named("post"), None, False).hints[0]


@pytest.mark.parametrize(
    ("core", "fitting"),
    [
        ("0.1.0", ">=0.1,<0.2"),
        ("0.1.7", ">=0.1,<0.2"),
        ("0.9.1.post1", ">=0.9,<0.10"),
        ("1.4.2", ">=1.4,<2"),
        ("0.2.0.dev3", ">=0.2.0.dev3,<0.3"),
        ("0.2.1rc1", ">=0.2,<0.3"),
    ],
)
def test_fitting_versions_follow_the_core(core: str, fitting: str) -> None:
    """The running core fits, older ones and those that may break something do not."""
    assert fitting_versions(core) == fitting
