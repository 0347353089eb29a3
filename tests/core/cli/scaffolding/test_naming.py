"""Names: what one name becomes, and what is none."""

from __future__ import annotations

import pytest

from glue_core.cli.scaffolding.naming import LONGEST, Name


@pytest.mark.parametrize("text", ["blog-posts", "blog_posts"])
def test_hyphens_and_underscores_are_alike(text: str) -> None:
    """Whichever joins the words, the name is the same in every spelling."""
    name = Name.parse(text)

    assert (name.snake, name.kebab) == ("blog_posts", "blog-posts")
    assert (name.camel, name.constant, name.text) == ("BlogPosts", "BLOG_POSTS", "blog posts")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("BlogPosts", "blog-posts"),
        ("blog posts", "blog-posts"),
        ("blog--posts", "blog-posts"),
        ("-blog", "blog"),
        ("../blog", "blog"),
        ("blog/posts", "blog-posts"),
        ("Ärger", "rger"),
    ],
)
def test_what_is_no_name_is_told_with_one_that_is(text: str, near: str) -> None:
    """The message says how names are written, and tries to help."""
    with pytest.raises(ValueError, match="lower-case letters") as raised:
        Name.parse(text)

    assert str(raised.value).endswith(f"Try {near!r}.")


@pytest.mark.parametrize("text", ["", "2d", "_", "…"])
def test_what_comes_near_no_name_has_no_hint(text: str) -> None:
    """Nothing is proposed that would be refused in turn."""
    with pytest.raises(ValueError, match="lower-case letters") as raised:
        Name.parse(text)

    assert "Try" not in str(raised.value)


def test_long_name_is_refused() -> None:
    """A name has a longest size, which the message says."""
    assert Name.parse("a" * LONGEST).snake == "a" * LONGEST
    with pytest.raises(ValueError, match=f"Use {LONGEST} at most"):
        Name.parse("a" * (LONGEST + 1))


def test_ending_is_taken_off_where_something_is_left() -> None:
    """The ending of a folder is no part of a type, unless it is all there is."""
    assert Name.parse("blog-posts-api").without("api").kebab == "blog-posts"
    assert Name.parse("blog-posts").without("api").kebab == "blog-posts"
    assert Name.parse("api").without("api").kebab == "api"
