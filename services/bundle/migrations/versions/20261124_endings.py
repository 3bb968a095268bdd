"""expand: evidence that has ended

Revision ID: c41e7a90d2b8
Revises: 6d2f80b9c41e

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'c41e7a90d2b8'
down_revision: str | None = '6d2f80b9c41e'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('ended_as', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('evidence', 'ended_at')
    op.drop_column('evidence', 'ended_as')
