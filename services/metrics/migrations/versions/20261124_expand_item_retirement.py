"""expand: retired items leave the figures on paper

Revision ID: c2b7e90d4f11
Revises: 6f0c2a9d51e8

"""
import sqlalchemy as sa
from alembic import op


revision: str = 'c2b7e90d4f11'
down_revision: str | None = '6f0c2a9d51e8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_retirement',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Boolean(), nullable=False),
    sa.Column('effective', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_item_retirement'))
    )


def downgrade() -> None:
    op.drop_table('item_retirement')
