"""expand: whoever files for a party counts its turn

Revision ID: 7b29d4c6e105
Revises: b6d95e2f7a14

"""
import sqlalchemy as sa
from alembic import op

revision: str = '7b29d4c6e105'
down_revision: str | None = 'b6d95e2f7a14'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('party', sa.Column('filings', sa.Integer(), server_default=sa.text('0'), nullable=False))
    op.execute('ALTER TABLE party SET (fillfactor = 80)')


def downgrade() -> None:
    op.execute('ALTER TABLE party RESET (fillfactor)')
    op.drop_column('party', 'filings')
