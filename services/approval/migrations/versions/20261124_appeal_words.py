"""expand: an appeal need not have words, and names those it has by their digest

Revision ID: c3e81b6d05a7
Revises: 8d24f6a0b3c9

"""
from alembic import op

revision: str = 'c3e81b6d05a7'
down_revision: str | None = '8d24f6a0b3c9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column('card_appeal', 'explanation', nullable=True)


def downgrade() -> None:
    op.execute("UPDATE card_appeal SET explanation = '' WHERE explanation IS NULL")
    op.alter_column('card_appeal', 'explanation', nullable=False)
