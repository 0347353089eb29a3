"""The tables of customers; loaded when somebody first needs them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from glue_core import SORTED_TEXT, UtcTime


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: SORTED_TEXT, datetime: UtcTime}


class CustomerRow(Base):
    """A customer; ``email_key`` is the address as it is compared.

    Of the keys in mails only digests are kept: who reads the table cannot use them.
    """

    __tablename__ = "customers_customer"
    # Numbers of customers who are gone are in tokens: none is given out again.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    salutation: Mapped[str | None]
    first_name: Mapped[str]
    last_name: Mapped[str]
    gender: Mapped[str | None]
    date_of_birth: Mapped[date | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    locale: Mapped[str | None]
    password_hash: Mapped[str | None]
    confirmation_digest: Mapped[str | None] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    restore_digest: Mapped[str | None] = mapped_column(unique=True)
    restore_ends_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]
    email_changed_at: Mapped[datetime | None]


class CounterRow(Base):
    """The last number that a reference with a prefix was given."""

    __tablename__ = "customers_counter"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(sa.BigInteger)


METADATA = Base.metadata
