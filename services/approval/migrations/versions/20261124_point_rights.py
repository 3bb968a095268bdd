"""expand: what service points may do at desks

What was kept of rights to accept does not say in whose name they are used, and rights to close
were not kept: where a consumer is there already, have catalog tell all of them again.

Revision ID: 6e0d4f7a91b2
Revises: 2e7d40c9a6b1

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '6e0d4f7a91b2'
down_revision: str | None = '2e7d40c9a6b1'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('point_right',
    sa.Column('delegation', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('situations', JSONB, nullable=False),
    sa.Column('only_by_rule', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('trial_until', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('delegation', name=op.f('pk_point_right'))
    )
    op.create_index('ix_point_right_point', 'point_right', ['point', 'item'])
    # Nobody has used these rights yet, so nothing reads the old table while this runs.
    op.drop_table('accept_right')
    op.add_column('approval', sa.Column('point', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('situations', JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('approval', sa.Column('accepted_point', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('decided_point', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('decided_mode', sa.String(), nullable=True))
    op.create_index('ix_approval_point', 'approval', ['point', 'id'], postgresql_where=sa.text('point IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_approval_point', 'approval')
    for name in ('decided_mode', 'decided_point', 'accepted_point', 'situations', 'point'):
        op.drop_column('approval', name)
    op.create_table('accept_right',
    sa.Column('delegation', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('trial_until', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('delegation', name=op.f('pk_accept_right'))
    )
    op.create_index('ix_accept_right_point', 'accept_right', ['point', 'item'])
    op.drop_table('point_right')
