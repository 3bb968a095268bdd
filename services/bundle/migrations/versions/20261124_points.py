"""expand: service points, their rights, and originals seen at their windows

A consumer that is there already did not hear of points and rights: where there is one, have
catalog tell them again (a point or right that is changed is told).

Revision ID: 2f8d51c6e0b7
Revises: 7f1b36d2e904

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '2f8d51c6e0b7'
down_revision: str | None = '7f1b36d2e904'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('point',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_point'))
    )
    op.create_table('point_right',
    sa.Column('delegation', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(), nullable=False),
    sa.Column('situations', JSONB, nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('trial_until', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('delegation', name=op.f('pk_point_right'))
    )
    op.create_index('ix_point_right_point', 'point_right', ['point', 'item'])
    op.add_column('disclosure', sa.Column('point', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('checked_point', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('checked_account', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('checked_files', JSONB, nullable=True))


def downgrade() -> None:
    for name in ('checked_files', 'checked_account', 'checked_point'):
        op.drop_column('evidence', name)
    op.drop_column('disclosure', 'point')
    op.drop_table('point_right')
    op.drop_table('point')
