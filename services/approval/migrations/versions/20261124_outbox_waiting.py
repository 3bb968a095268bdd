"""contract: what waits for the relay stands in a table of its own

Stop every replica of the version before: what it records would not be in that table.

Revision ID: 5a1f0c7e2b2d
Revises: 39ea439aade5

"""
import sqlalchemy as sa
from alembic import op

revision: str = '5a1f0c7e2b2d'
down_revision: str | None = '39ea439aade5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outbox_waiting',
    sa.Column('pos', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('aggregate', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('stuck', sa.String(length=200), nullable=True),
    sa.PrimaryKeyConstraint('pos', name=op.f('pk_outbox_waiting'))
    )
    op.create_index('ix_outbox_waiting_aggregate', 'outbox_waiting', ['aggregate'])
    op.execute(
        "INSERT INTO outbox_waiting (pos, aggregate, subject, stuck) "
        "SELECT pos, aggregate, subject, stuck FROM outbox WHERE published_at IS NULL"
    )
    op.drop_index('ix_outbox_waiting', table_name='outbox')
    op.drop_constraint('uq_outbox_event_id', 'outbox')
    op.drop_column('outbox', 'published_at')
    op.drop_column('outbox', 'stuck')


def downgrade() -> None:
    op.add_column('outbox', sa.Column('stuck', sa.String(length=200), nullable=True))
    op.add_column('outbox', sa.Column('published_at', sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint('uq_outbox_event_id', 'outbox', ['event_id'])
    op.execute(
        "UPDATE outbox o SET published_at = now() "
        "WHERE NOT EXISTS (SELECT FROM outbox_waiting w WHERE w.pos = o.pos)"
    )
    op.execute("UPDATE outbox o SET stuck = w.stuck FROM outbox_waiting w WHERE w.pos = o.pos")
    op.create_index('ix_outbox_waiting', 'outbox', ['pos'], postgresql_where=sa.text('published_at IS NULL'))
    op.drop_table('outbox_waiting')
