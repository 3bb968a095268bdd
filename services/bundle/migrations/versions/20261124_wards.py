"""expand: children whom their guardians named

Revision ID: a1c74e02d9f8
Revises: c2a97e05d6f1

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'a1c74e02d9f8'
down_revision: str | None = 'c2a97e05d6f1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('representative', sa.Column('stated_number', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('representative', 'stated_number')
