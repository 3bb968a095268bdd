"""expand: deliveries

Revision ID: 2e7d40c9a6b1
Revises: 9b5c1e37f4a0

"""
import sqlalchemy as sa
from alembic import op

revision: str = '2e7d40c9a6b1'
down_revision: str | None = '9b5c1e37f4a0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delivery',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('way', sa.String(length=32), nullable=False),
    sa.Column('evidence', sa.String(), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=32), nullable=False),
    sa.Column('said_by', sa.String(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_delivery_approval')),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_delivery'))
    )
    op.add_column('approval', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('approval', 'delivered_at')
    op.drop_table('delivery')
