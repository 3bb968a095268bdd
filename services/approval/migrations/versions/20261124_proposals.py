"""expand: proposals of decisions that take two officers

Revision ID: 0d5b7f31c9e2
Revises: 4e9d0b7c61a3

"""
import sqlalchemy as sa
from alembic import op

revision: str = '0d5b7f31c9e2'
down_revision: str | None = '4e9d0b7c61a3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('approval', sa.Column('four_eyes', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_table('proposal',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_proposal'))
    )


def downgrade() -> None:
    op.drop_table('proposal')
    op.drop_column('approval', 'four_eyes')
