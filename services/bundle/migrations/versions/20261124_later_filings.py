"""expand: results that were replaced

Revision ID: 8c2d17f5e3a6
Revises: 7d1f4b92c6e0

"""
import sqlalchemy as sa
from alembic import op

revision: str = '8c2d17f5e3a6'
down_revision: str | None = '7d1f4b92c6e0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('evidence', sa.Column('replaced_by', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('replaced_as', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('replaced_from', sa.Date(), nullable=True))
    op.create_index('ix_evidence_result', 'evidence', ['result_number'], postgresql_where=sa.text('result_number IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_evidence_result', table_name='evidence')
    op.drop_column('evidence', 'replaced_from')
    op.drop_column('evidence', 'replaced_as')
    op.drop_column('evidence', 'replaced_by')
