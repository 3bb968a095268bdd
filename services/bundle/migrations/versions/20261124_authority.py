"""expand: who decided in its own name what lies in a wallet

Revision ID: b6d95e2f7a14
Revises: e4b71d08c3a6

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'b6d95e2f7a14'
down_revision: str | None = 'e4b71d08c3a6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('authority', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('evidence', 'authority')
