"""expand: what came of rights

Revision ID: 8e3a60d9c5b2
Revises: c52e7f90b1d4

"""
import sqlalchemy as sa
from alembic import op

revision: str = '8e3a60d9c5b2'
down_revision: str | None = 'c52e7f90b1d4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delegation_quality',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('overdue', sa.Integer(), nullable=False),
    sa.Column('bad_ratings', sa.Integer(), nullable=True),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('item', 'point', 'right', name=op.f('pk_delegation_quality'))
    )


def downgrade() -> None:
    op.drop_table('delegation_quality')
