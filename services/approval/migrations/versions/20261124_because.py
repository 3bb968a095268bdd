"""expand: why an opinion is not waited for any more

Revision ID: 8d24f6a0b3c9
Revises: 5a90c4e81f37

"""
import sqlalchemy as sa
from alembic import op

revision: str = '8d24f6a0b3c9'
down_revision: str | None = '5a90c4e81f37'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('consultation', sa.Column('because', sa.String(), nullable=True))
    op.create_index(
        'ix_consultation_open', 'consultation', ['approval'],
        postgresql_where=sa.text('closed_at IS NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_consultation_open', table_name='consultation')
    op.drop_column('consultation', 'because')
