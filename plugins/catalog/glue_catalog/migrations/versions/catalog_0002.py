"""Give warehouses a number and a UUID."""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "catalog_0002"
down_revision = "catalog_0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAMESPACE = uuid.UUID("5f0c2e9a-7d4b-4a52-9a3e-0d6b1f1c8e37")
REFERRING = ("catalog_warehouse_store", "catalog_stock")
"""Tables whose column ``warehouse`` has the name of one."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(
            [{**row, "uuid": _uuid_of(row["name"])} for row in _rows()],
            sa.Column("id", ID, primary_key=True),
            sa.Column("uuid", sa.Text(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("is_active", sa.Boolean(), nullable=False),
            sa.UniqueConstraint("uuid", name=op.f("uq_catalog_warehouse_uuid")),
            sa.UniqueConstraint("name", name=op.f("uq_catalog_warehouse_name")),
            sqlite_autoincrement=True,
        )
        return
    op.execute("ALTER TABLE catalog_warehouse ADD COLUMN id BIGSERIAL NOT NULL")
    op.add_column("catalog_warehouse", sa.Column("uuid", sa.Text(), nullable=True))
    table = sa.table("catalog_warehouse", sa.column("name"), sa.column("uuid"))
    for row in _rows():
        name = row["name"]
        op.execute(sa.update(table).where(table.c.name == name).values(uuid=_uuid_of(name)))
    op.alter_column("catalog_warehouse", "uuid", nullable=False)
    op.create_unique_constraint(op.f("uq_catalog_warehouse_uuid"), "catalog_warehouse", ["uuid"])
    _change_key("name", "id")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(
            _rows(),
            sa.Column("name", sa.Text(), primary_key=True, nullable=False),
            sa.Column("is_active", sa.Boolean(), nullable=False),
        )
        return
    _change_key("id", "name")
    op.drop_column("catalog_warehouse", "uuid")
    op.drop_column("catalog_warehouse", "id")


def _make_anew(
    rows: list[dict[str, Any]], *parts: sa.Column[Any] | sa.Constraint, **options: Any
) -> None:
    """Make the table of SQLite anew, which cannot change the key of one.

    Foreign keys are not looked at while the database is migrated, so what refers to a warehouse by
    its name stays.
    """
    op.drop_table("catalog_warehouse")
    op.bulk_insert(op.create_table("catalog_warehouse", *parts, **options), rows)


def _change_key(old: str, new: str) -> None:
    """Let another column tell the rows of PostgreSQL apart, and the name still be unique."""
    for each in REFERRING:
        op.drop_constraint(op.f(f"fk_{each}_warehouse"), each, type_="foreignkey")
    op.drop_constraint(op.f("pk_catalog_warehouse"), "catalog_warehouse", type_="primary")
    if new == "id":
        op.create_unique_constraint(
            op.f("uq_catalog_warehouse_name"), "catalog_warehouse", ["name"]
        )
    else:
        op.drop_constraint(op.f("uq_catalog_warehouse_name"), "catalog_warehouse", type_="unique")
    op.create_primary_key(op.f("pk_catalog_warehouse"), "catalog_warehouse", [new])
    for each in REFERRING:
        op.create_foreign_key(
            op.f(f"fk_{each}_warehouse"),
            each,
            "catalog_warehouse",
            ["warehouse"],
            ["name"],
            ondelete="CASCADE",
        )


def _rows() -> list[dict[str, Any]]:
    """Return the warehouses in the order of their names: numbers come the same everywhere."""
    table = sa.table("catalog_warehouse", sa.column("name"), sa.column("is_active", sa.Boolean()))
    found = [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]
    return sorted(found, key=lambda row: str(row["name"]))


def _uuid_of(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))
