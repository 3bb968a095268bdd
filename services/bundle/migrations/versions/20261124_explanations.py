"""expand: receipts, refusals and what desks explain

Revision ID: 9d2f6b18e3a4
Revises: 7d04c2f9ab16

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '9d2f6b18e3a4'
down_revision: str | None = '7d04c2f9ab16'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('explanation',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('approval', 'digest', name=op.f('pk_explanation'))
    )
    op.add_column('member', sa.Column('receipt', sa.String(), nullable=True))
    op.add_column('member', sa.Column('refusal', JSONB, nullable=True))
    op.add_column('member', sa.Column('holds', JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False))


def downgrade() -> None:
    op.drop_column('member', 'holds')
    op.drop_column('member', 'refusal')
    op.drop_column('member', 'receipt')
    op.drop_table('explanation')
