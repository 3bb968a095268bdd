"""expand: items that are retired are told apart quickly

Revision ID: c52e7f90b1d4
Revises: b3f06d51e8a9
Create Date: 2026-11-24 14:20:11.402117

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'c52e7f90b1d4'
down_revision: str | None = 'b3f06d51e8a9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_item_retired', 'item', ['retired_from', 'code'], unique=False, postgresql_where=sa.text('retired_from IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_item_retired', table_name='item', postgresql_where=sa.text('retired_from IS NOT NULL'))
