"""expand: when decisions reached their applicants

Revision ID: c40e7a19d5b3
Revises: 91c5d3e8b0f2

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'c40e7a19d5b3'
down_revision: str | None = '91c5d3e8b0f2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delivered',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('waited_days', sa.Integer(), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_delivered'))
    )


def downgrade() -> None:
    op.drop_table('delivered')
