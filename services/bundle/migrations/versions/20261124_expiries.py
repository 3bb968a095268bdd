"""expand: who was told that a certificate runs out

Revision ID: 6d2f80b9c41e
Revises: 3b9e5f02c7d4

"""
import sqlalchemy as sa
from alembic import op

revision: str = '6d2f80b9c41e'
down_revision: str | None = '3b9e5f02c7d4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('expiry_told',
    sa.Column('evidence', sa.Uuid(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['evidence'], ['evidence.id'], name=op.f('fk_expiry_told_evidence')),
    sa.PrimaryKeyConstraint('evidence', 'days', name=op.f('pk_expiry_told'))
    )
    op.create_index('ix_evidence_valid_until', 'evidence', ['valid_until'], unique=False, postgresql_where=sa.text("trust = 'A' AND replaced_for IS NULL AND valid_until IS NOT NULL"))


def downgrade() -> None:
    op.drop_index('ix_evidence_valid_until', table_name='evidence')
    op.drop_table('expiry_told')
