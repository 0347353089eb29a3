"""Giving a product other pictures: sets and pictures that stay keep their keys and their texts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from glue_catalog import Picture, PictureSet, models
from glue_core import Work

SETS, PLACES, IMAGES = models.IMAGE_SET, models.IMAGE_PLACE, models.IMAGE


@dataclass(slots=True)
class _Stored:
    """A set as it is stored, and the keys of its pictures by their addresses."""

    key: str
    locale: str
    images: dict[Picture, list[str]] = field(default_factory=lambda: defaultdict(list))


def replace_picture_sets(
    owner: sa.Column[Any], sku: str, sets: Sequence[PictureSet], work: Work
) -> None:
    """Give a product these sets of pictures and no others.

    An import that comes later finds what it knows by its keys, and alternative texts stay.

    Args:
        owner: The column of a set that names its abstract or its concrete product.
        sku: SKU of the product.
        sets: The sets.
        work: The unit of work.
    """
    session = work.session
    stored = _read(owner, sku, work)
    former = [key for each in _all(stored) for keys in each.images.values() for key in keys]
    _forget_places(_all(stored), work)
    for wanted in sets:
        alike = stored[wanted.name, wanted.locale]
        if alike:
            kept = alike.pop(0)
        else:
            kept = _Stored(_new_key(), wanted.locale)
            row = {"key": kept.key, "locale": kept.locale, "name": wanted.name, owner.name: sku}
            session.execute(sa.insert(SETS).values(row))
        for position, picture in enumerate(wanted.pictures):
            keys = kept.images[picture]
            key = keys.pop(0) if keys else _add_image(picture, work)
            place = {"set_key": kept.key, "locale": kept.locale, "image_key": key}
            session.execute(sa.insert(PLACES).values(**place, sort_order=position))
    for gone in _all(stored):
        session.execute(sa.delete(SETS).where(SETS.c.key == gone.key, SETS.c.locale == gone.locale))
    is_shown = sa.exists().where(PLACES.c.image_key == IMAGES.c.key)
    session.execute(sa.delete(IMAGES).where(IMAGES.c.key.in_(former), ~is_shown))


def _read(
    owner: sa.Column[Any], sku: str, work: Work
) -> defaultdict[tuple[str, str], list[_Stored]]:
    """Read the sets of a product, by name and locale."""
    joined = SETS.outerjoin(
        PLACES, (PLACES.c.set_key == SETS.c.key) & (PLACES.c.locale == SETS.c.locale)
    ).outerjoin(IMAGES, IMAGES.c.key == PLACES.c.image_key)
    rows = work.session.execute(
        sa.select(
            SETS.c.key,
            SETS.c.locale,
            SETS.c.name,
            PLACES.c.image_key,
            IMAGES.c.url_large,
            IMAGES.c.url_small,
        )
        .select_from(joined)
        .where(owner == sku)
        .order_by(SETS.c.key, PLACES.c.sort_order, PLACES.c.image_key)
    )
    by_key: dict[tuple[str, str], _Stored] = {}
    stored: defaultdict[tuple[str, str], list[_Stored]] = defaultdict(list)
    for row in rows:
        place = (row.key, row.locale)
        if place not in by_key:
            by_key[place] = _Stored(*place)
            stored[row.name, row.locale].append(by_key[place])
        if row.image_key is not None:
            by_key[place].images[Picture(row.url_large, row.url_small)].append(row.image_key)
    return stored


def _all(stored: dict[tuple[str, str], list[_Stored]]) -> list[_Stored]:
    return [each for alike in stored.values() for each in alike]


def _forget_places(sets: Sequence[_Stored], work: Work) -> None:
    for each in sets:
        work.session.execute(
            sa.delete(PLACES).where(PLACES.c.set_key == each.key, PLACES.c.locale == each.locale)
        )


def _add_image(picture: Picture, work: Work) -> str:
    key = _new_key()
    work.session.execute(
        sa.insert(IMAGES).values(
            key=key,
            url_large=picture.url_large,
            url_small=picture.url_small,
            alt_texts_large={},
            alt_texts_small={},
        )
    )
    return key


def _new_key() -> str:
    return str(uuid.uuid4())
