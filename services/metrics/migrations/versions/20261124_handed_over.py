"""expand: an approval is counted where it lies now

Revision ID: 91c5d3e8b0f2
Revises: 5d0b82e6f317

"""
import sqlalchemy as sa
from alembic import op

revision: str = '91c5d3e8b0f2'
down_revision: str | None = '5d0b82e6f317'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'pending', sa.Column('department_of', sa.Integer(), server_default='0', nullable=False)
    )
    for name in ('bundle', 'item', 'opened_at'):
        op.alter_column('pending', name, nullable=True)


def downgrade() -> None:
    op.execute('DELETE FROM pending WHERE opened_at IS NULL')
    for name in ('bundle', 'item', 'opened_at'):
        op.alter_column('pending', name, nullable=False)
    op.drop_column('pending', 'department_of')
