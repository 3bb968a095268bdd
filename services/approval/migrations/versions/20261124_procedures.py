"""expand: special procedures, extensions, claims

Revision ID: 7f3a9c15d2e8
Revises: 5d8c1b40f7a9

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '7f3a9c15d2e8'
down_revision: str | None = '5d8c1b40f7a9'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('procedure',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('pause', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('expected', JSONB, nullable=False),
    sa.Column('explanation', sa.String(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_procedure_approval')),
    sa.ForeignKeyConstraint(['pause'], ['pause.id'], name=op.f('fk_procedure_pause')),
    sa.PrimaryKeyConstraint('approval', 'number', name=op.f('pk_procedure')),
    sa.UniqueConstraint('pause', name=op.f('uq_procedure_pause'))
    )
    op.create_table('extension_request',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('length', JSONB, nullable=False),
    sa.Column('reason_code', sa.String(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consented_by', sa.String(), nullable=True),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_extension_request_approval')),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_extension_request'))
    )
    op.add_column('approval', sa.Column('special_procedures', JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('approval', sa.Column('claimed_by', sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column('approval', 'claimed_by')
    op.drop_column('approval', 'special_procedures')
    op.drop_table('extension_request')
    op.drop_table('procedure')
