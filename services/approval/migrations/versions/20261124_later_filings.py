"""expand: renewals, changes and replacements of results

Whatever is not replaced has an issuer's number of its own, as before; what replaces a result may
bear the same one.

Revision ID: 5a90c4e81f37
Revises: c9d2e71a48f5

"""
import sqlalchemy as sa
from alembic import op

revision: str = '5a90c4e81f37'
down_revision: str | None = 'c9d2e71a48f5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('approval', sa.Column('filing', sa.String(), server_default='first', nullable=False))
    op.add_column('approval', sa.Column('replaces', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('silence_grants_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_approval_replaces', 'approval', ['replaces'], postgresql_where=sa.text('replaces IS NOT NULL'))
    op.add_column('result', sa.Column('replaced_by', sa.String(), nullable=True))
    op.add_column('result', sa.Column('replaced_as', sa.String(), nullable=True))
    op.add_column('result', sa.Column('replaced_from', sa.Date(), nullable=True))
    op.create_index('uq_result_issuer_number', 'result', ['department', 'evidence', 'issuer_number'], unique=True, postgresql_where=sa.text('replaced_by IS NULL'))
    op.drop_constraint('uq_result_department', 'result', type_='unique')


def downgrade() -> None:
    op.create_unique_constraint('uq_result_department', 'result', ['department', 'evidence', 'issuer_number'])
    op.drop_index('uq_result_issuer_number', table_name='result')
    op.drop_column('result', 'replaced_from')
    op.drop_column('result', 'replaced_as')
    op.drop_column('result', 'replaced_by')
    op.drop_index('ix_approval_replaces', table_name='approval')
    op.drop_column('approval', 'silence_grants_at')
    op.drop_column('approval', 'replaces')
    op.drop_column('approval', 'filing')
