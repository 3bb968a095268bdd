"""expand: when something was delivered, and when its holder first opened it

Revision ID: 7f1b36d2e904
Revises: 4c0f6a13d8e5

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '7f1b36d2e904'
down_revision: str | None = '4c0f6a13d8e5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('evidence', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('evidence', sa.Column('delivered_as', sa.String(), nullable=True))
    op.add_column('member', sa.Column('delivery', postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column('member', 'delivery')
    op.drop_column('evidence', 'delivered_as')
    op.drop_column('evidence', 'delivered_at')
    op.drop_column('evidence', 'opened_at')
