"""expand: when an authority's time runs out, as it last said

Revision ID: 3b9e5f02c7d4
Revises: 5d1b9c3e62a7

"""
import sqlalchemy as sa
from alembic import op

revision: str = '3b9e5f02c7d4'
down_revision: str | None = '5d1b9c3e62a7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('member', sa.Column('due', sa.DateTime(timezone=True), nullable=True))
    op.add_column('member', sa.Column('due_of', sa.Integer(), server_default=sa.text('0'), nullable=False))


def downgrade() -> None:
    op.drop_column('member', 'due_of')
    op.drop_column('member', 'due')
