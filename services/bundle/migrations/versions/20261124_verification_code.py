"""expand: the code by which anybody verifies a result

Revision ID: 3c8e5a1f70d2
Revises: 2a8c4d7e91b5

"""
import sqlalchemy as sa
from alembic import op

revision: str = '3c8e5a1f70d2'
down_revision: str | None = '2a8c4d7e91b5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('verification_code', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('evidence', 'verification_code')
