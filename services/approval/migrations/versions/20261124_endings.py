"""expand: endings of results, the hearings before them, and what they flag

Revision ID: 91b7d24ce03f
Revises: 7f3a9c15d2e8

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '91b7d24ce03f'
down_revision: str | None = '7f3a9c15d2e8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('result', sa.Column('ended_as', sa.String(), nullable=True))
    op.add_column('result', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_approval_relies_on', 'approval', ['relies_on'], unique=False, postgresql_using='gin', postgresql_ops={'relies_on': 'jsonb_path_ops'}, postgresql_where=sa.text("relies_on <> '[]'"))
    op.create_table('flag',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('ended_as', sa.String(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('flagged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_flag_approval')),
    sa.PrimaryKeyConstraint('approval', 'result', name=op.f('pk_flag'))
    )
    op.create_table('ending',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('reason_codes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('authority', sa.String(), nullable=False),
    sa.Column('ended_by', sa.String(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['result'], ['result.number'], name=op.f('fk_ending_result')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ending')),
    sa.UniqueConstraint('result', 'kind', name=op.f('uq_ending_result'))
    )
    op.create_table('hearing',
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('noted_by', sa.String(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['result'], ['result.number'], name=op.f('fk_hearing_result')),
    sa.PrimaryKeyConstraint('result', name=op.f('pk_hearing'))
    )


def downgrade() -> None:
    op.drop_table('hearing')
    op.drop_table('ending')
    op.drop_table('flag')
    op.drop_index('ix_approval_relies_on', table_name='approval')
    op.drop_column('result', 'ended_at')
    op.drop_column('result', 'ended_as')
