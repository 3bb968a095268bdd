"""expand: transfers, consultations, and what we keep of the catalogue

A consumer that is there already did not hear of departments and rights: where there is one, have
catalog tell them again (a department or right that is changed is told).

Revision ID: 9b5c1e37f4a0
Revises: 8a4b0d26e3f9

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '9b5c1e37f4a0'
down_revision: str | None = '8a4b0d26e3f9'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('department',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_department'))
    )
    op.create_table('accept_right',
    sa.Column('delegation', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('trial_until', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('delegation', name=op.f('pk_accept_right'))
    )
    op.create_index('ix_accept_right_point', 'accept_right', ['point', 'item'])
    op.create_table('transfer',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('from_department', sa.String(), nullable=False),
    sa.Column('to_department', sa.String(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('opinion', sa.String(), nullable=True),
    sa.Column('clock', sa.Uuid(), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_transfer_approval')),
    sa.PrimaryKeyConstraint('approval', 'number', name=op.f('pk_transfer'))
    )
    op.create_index('ix_transfer_from', 'transfer', ['from_department'])
    op.create_table('consultation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('consulted', sa.String(), nullable=False),
    sa.Column('fields', JSONB, nullable=False),
    sa.Column('evidence', JSONB, nullable=False),
    sa.Column('question', sa.String(), nullable=True),
    sa.Column('within', JSONB, nullable=False),
    sa.Column('clock', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opinion', sa.String(), nullable=True),
    sa.Column('statement', sa.String(), nullable=True),
    sa.Column('given_by', sa.String(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_consultation_approval')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation'))
    )
    op.create_index('ix_consultation_approval', 'consultation', ['approval'])
    op.create_index('ix_consultation_consulted', 'consultation', ['consulted', 'id'])
    op.add_column('approval', sa.Column('handling', sa.String(), server_default='promise', nullable=False))


def downgrade() -> None:
    op.drop_column('approval', 'handling')
    op.drop_table('consultation')
    op.drop_table('transfer')
    op.drop_table('accept_right')
    op.drop_table('department')
