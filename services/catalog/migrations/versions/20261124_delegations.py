"""expand: delegations and their history

Revision ID: 7d41c0a95e36
Revises: 3f1c0a7d52b9
Create Date: 2026-11-24 13:05:00

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '7d41c0a95e36'
down_revision: str | None = '3f1c0a7d52b9'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delegation',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('mode', sa.String(length=32), nullable=False),
    sa.Column('situations', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('begun_by', sa.String(length=32), nullable=False),
    sa.Column('begun_who', sa.String(), nullable=False),
    sa.Column('wider', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('capacity', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('trial_until', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item'], ['item.code'], name=op.f('fk_delegation_item')),
    sa.ForeignKeyConstraint(['point'], ['service_point.code'], name=op.f('fk_delegation_point')),
    sa.PrimaryKeyConstraint('item', 'point', 'right', name=op.f('pk_delegation'))
    )
    op.create_index('ix_delegation_point', 'delegation', ['point', 'item'], unique=False)
    op.create_table('delegation_step',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('mode', sa.String(length=32), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item', 'point', 'right'], ['delegation.item', 'delegation.point', 'delegation.right'], name='fk_delegation_step_item'),
    sa.PrimaryKeyConstraint('item', 'point', 'right', 'version', name=op.f('pk_delegation_step'))
    )


def downgrade() -> None:
    op.drop_table('delegation_step')
    op.drop_index('ix_delegation_point', table_name='delegation')
    op.drop_table('delegation')
