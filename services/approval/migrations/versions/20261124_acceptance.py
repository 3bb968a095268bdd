"""expand: receipts, who accepts and who did, refused acceptance

Revision ID: 4b9d1e77c0a2
Revises: 0d5b7f31c9e2

"""
import sqlalchemy as sa
from alembic import op

revision: str = '4b9d1e77c0a2'
down_revision: str | None = '0d5b7f31c9e2'
branch_labels = None
depends_on = None

OPEN = "state IN ('opened', 'correcting', 'accepted', 'suspended')"


def upgrade() -> None:
    op.add_column('approval', sa.Column('accepts', sa.String(length=32), server_default='automatic', nullable=False))
    op.add_column('approval', sa.Column('refer_to', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('explanation', sa.String(), nullable=True))
    op.add_column('approval', sa.Column('receipt', sa.String(), server_default='', nullable=False))
    op.add_column('approval', sa.Column('acceptor', sa.String(length=32), nullable=True))
    op.drop_index('ix_approval_open', table_name='approval')
    op.create_index('ix_approval_open', 'approval', ['department', 'id'], postgresql_where=sa.text(OPEN))


def downgrade() -> None:
    op.drop_index('ix_approval_open', table_name='approval')
    op.create_index('ix_approval_open', 'approval', ['department', 'id'], postgresql_where=sa.text("state IN ('opened', 'accepted')"))
    op.drop_column('approval', 'acceptor')
    op.drop_column('approval', 'receipt')
    op.drop_column('approval', 'explanation')
    op.drop_column('approval', 'refer_to')
    op.drop_column('approval', 'accepts')
