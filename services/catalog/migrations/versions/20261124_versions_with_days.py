"""expand: versions with days

Revision ID: 91d4c7a3e5b8
Revises: 7d41c0a95e36
Create Date: 2026-11-24 12:50:00

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '91d4c7a3e5b8'
down_revision: str | None = '7d41c0a95e36'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('item', sa.Column('retired_from', sa.Date(), nullable=True))
    op.add_column('item_version', sa.Column('in_force_from', sa.Date(), nullable=True))
    op.execute("ALTER TABLE item_version ALTER in_force_from "
               "SET DEFAULT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    op.execute("UPDATE item_version "
               "SET in_force_from = (published_at AT TIME ZONE 'Asia/Shanghai')::date")
    op.alter_column('item_version', 'in_force_from', nullable=False)
    op.create_table('item_scheduled',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('record', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('code', 'in_force_from', name=op.f('pk_item_scheduled'))
    )
    op.create_index('ix_item_scheduled_day', 'item_scheduled', ['in_force_from', 'code'], unique=False)
    op.execute(sa.schema.CreateSequence(sa.Sequence('item_draft_edit')))
    op.create_table('item_draft',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('record', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_item_draft'))
    )


def downgrade() -> None:
    op.drop_table('item_draft')
    op.execute(sa.schema.DropSequence(sa.Sequence('item_draft_edit')))
    op.drop_index('ix_item_scheduled_day', table_name='item_scheduled')
    op.drop_table('item_scheduled')
    op.drop_column('item_version', 'in_force_from')
    op.drop_column('item', 'retired_from')
